#ifndef PURGE_DROP_PARTITION_H
#define PURGE_DROP_PARTITION_H

#include "engine/purge/hand.h"

/*
 * Partitions that die whole: in an attached database, of a collection whose
 * `segment_by` is what its table is partitioned by, in ranges.  One is dropped
 * when every record that it could hold has ended by its bounds, for every
 * cluster of the collection, and all of them are clusters of this run that
 * delete.  Records that are suspended, or cannot be read, move into the default
 * partition.
 *
 * All of it is one transaction, the evidence included.  What cannot be dropped
 * (somebody uses the table, something depends on the partition, there is no
 * place for what stays) goes record by record, as everything else.
 */
enum status drop_partitions(struct hand *h) MUST_CHECK;

#endif /* !PURGE_DROP_PARTITION_H */
