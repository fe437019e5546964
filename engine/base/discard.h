#ifndef BASE_DISCARD_H
#define BASE_DISCARD_H

#include <stddef.h>

#include "engine/base/status.h"

/*
 * Remove files that are worth nothing any more, in a time that does not grow
 * with what they hold.  A file system gives the blocks of a file back when the
 * last who has it open lets go of it, and takes long over a large one.  So the
 * names go at once, and where it is much, a process that does nothing else
 * holds the files a moment longer, and gives them back by its end: to kill it,
 * or to lose power, is to do its work.
 *
 * What does not exist is no error.  Does not sync the folder.
 */
enum status discard_files(const char *const *paths, size_t count) MUST_CHECK;

#endif /* !BASE_DISCARD_H */
