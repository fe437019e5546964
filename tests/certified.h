#ifndef TESTS_CERTIFIED_H
#define TESTS_CERTIFIED_H

#include "engine/certificate/certificate.h"
#include "tests/house.h"

/*
 * A house whose run has deleted two orders and emptied a customer, with its
 * certificate.  Each record had CERTIFIED_VALUE in it.
 */
#define CERTIFIED_VALUE "Zaphod-Planted-7311"

struct certified {
	struct house *house;
	json_t *report;
	struct certificate certificate;
};

struct certified *certified_new(void);
void certified_free(struct certified *c);

#endif /* !TESTS_CERTIFIED_H */
