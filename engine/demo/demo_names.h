#ifndef DEMO_DEMO_NAMES_H
#define DEMO_DEMO_NAMES_H

#include <stddef.h>
#include <stdint.h>

/* Words that made-up people, places and vehicles are put together from.  The
 * towns exist; house numbers, buildings and people do not. */

struct demo_name {
	const char *kanji;
	const char *kana;
	const char *latin;
};
extern const struct demo_name demo_family_names[];
extern const size_t demo_family_name_count;
extern const struct demo_name demo_given_names[];
extern const size_t demo_given_name_count;

struct demo_place {
	const char *postal_code;
	const char *prefecture;
	const char *city;
	const char *town;
	int32_t latitude; /* in 100,000ths of a degree */
	int32_t longitude;
};
extern const struct demo_place demo_places[];
extern const size_t demo_place_count;

struct demo_model {
	const char *brand;
	const char *name;
	const char *vin; /* manufacturer and type: the first seven */
	const char *equipment;
	const char *options;
	int electric;
};
extern const struct demo_model demo_models[];
extern const size_t demo_model_count;

extern const char *const demo_colours[];
extern const size_t demo_colour_count;
extern const char *const demo_dealers[];
extern const size_t demo_dealer_count;
extern const char *const demo_roads[];
extern const size_t demo_road_count;

#endif /* !DEMO_DEMO_NAMES_H */
