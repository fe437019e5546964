#ifndef DEMO_DEMO_DICE_H
#define DEMO_DEMO_DICE_H

#include <stdint.h>

/*
 * Numbers that look like chance and are the same in every run: splitmix64
 * (Steele, Lea, Flood 2014), seeded for each customer, so that one customer
 * does not depend on another.  Not for secrets.
 */
struct demo_dice {
	uint64_t state;
};

void demo_dice_init(struct demo_dice *d, uint64_t seed);
uint64_t demo_dice_next(struct demo_dice *d);
/* ${least} to ${most}, both included; ${least} where ${most} is smaller. */
int64_t demo_dice_range(struct demo_dice *d, int64_t least, int64_t most);
/* 1 in ${percent} of 100 cases. */
int demo_dice_chance(struct demo_dice *d, int percent);

#endif /* !DEMO_DEMO_DICE_H */
