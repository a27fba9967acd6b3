/* First letters of Chinese characters in pinyin: 财政局 is found by czj. */
#ifndef SEARCH_PINYIN_H
#define SEARCH_PINYIN_H

#include "base/base.h"

enum { PINYIN_FIRST = 0x4e00, PINYIN_LAST = 0x9fff, PINYIN_LETTERS = 3 };
extern const char pinyin_letters[PINYIN_LAST - PINYIN_FIRST + 2];
/* The letters a character may begin with, the most common first; how many (0: not known). */
size_t pinyin_of(uint32_t cp, char ret[PINYIN_LETTERS]);

#endif
