/* Pictures of the demo, drawn: plain scenes that say on their face that they are invented. */
#ifndef CMD_DEMO_PICTURE_H
#define CMD_DEMO_PICTURE_H

#include "base/arena.h"
#include "base/kinds.h"

/*
 * A PNG in a. scene: board, street, field, hall, works, paper; words: what stands on the board
 * or paper, and below the others. The same two give the same picture, other words another one.
 */
struct bytes demo_picture(const char *scene, const char *words, struct arena *a);

#endif
