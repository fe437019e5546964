/* Repeatable chance: splitmix64. */
#include "engine/demo/demo_dice.h"

#define GOLDEN UINT64_C(0x9e3779b97f4a7c15)

static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Mixed, because neighbouring states would give the same numbers, one throw
 * apart. */
void demo_dice_init(struct demo_dice *d, uint64_t seed)
{
	d->state = mix(seed + UINT64_C(0x4c65746865)); /* "Lethe" */
}

uint64_t demo_dice_next(struct demo_dice *d) { return mix(d->state += GOLDEN); }

int64_t demo_dice_range(struct demo_dice *d, int64_t least, int64_t most)
{
	uint64_t n = demo_dice_next(d); /* drawn always: one throw a call */

	if (most <= least)
		return least;
	return least + (int64_t)(n % (uint64_t)(most - least + 1));
}

int demo_dice_chance(struct demo_dice *d, int percent)
{
	return demo_dice_range(d, 0, 99) < percent;
}
