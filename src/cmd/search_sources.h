/* What can be found, of all rooms. */
#ifndef CMD_SEARCH_SOURCES_H
#define CMD_SEARCH_SOURCES_H

struct county;
void search_sources_use(struct county *c);

#endif
