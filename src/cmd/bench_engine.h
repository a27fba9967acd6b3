/* The engine's part of the bench: prints its figures, one a line, beside what they should
 * reach. */
#ifndef CMD_BENCH_ENGINE_H
#define CMD_BENCH_ENGINE_H

void bench_engine(void);

#endif
