#ifndef BENCH_VFS_H
#define BENCH_VFS_H

#include <sqlite3.h>

/* Open a new file, page size 4096, WAL; each program knows its own peers. */
sqlite3 *open_peer(const char *peer, const char *path);

void run(sqlite3 *db, const char *sql);
_Noreturn void die(sqlite3 *db, const char *what);

#endif /* !BENCH_VFS_H */
