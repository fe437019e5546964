# make demo, make test, make help.
# MODE = debug release asan tsan cov fuzz analyze

MODE    ?= debug
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
Q       := $(if $(V),,@)
B       := build/$(MODE)
PREFIX  ?= /usr/local
T       ?= 30
# For the targets that call make again: all processors, unless told otherwise.
AGAIN    = $(MAKE) --no-print-directory \
           $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc))
PKGS    := sqlite3 libgcrypt libpq yaml-0.1 jansson libzip libcurl \
           libmicrohttpd

# What a fresh Debian 12 needs.  The one list: the targets below read it.
APT_BUILD := gcc libc6-dev pkg-config libsqlite3-dev libgcrypt20-dev \
             libyaml-dev libjansson-dev libunistring-dev libpq-dev \
             libzip-dev libcurl4-openssl-dev libmicrohttpd-dev tzdata
APT_TEST  := check libsubunit-dev python3-jsonschema python3-yaml sqlite3 \
             openssl unzip
APT_LINT  := clang libclang-rt-dev clang-format cppcheck binutils shellcheck
APT_DEV   := valgrind bear
APT_INTEROP := golang-go golang-golang-x-mod-dev
APT_FRESH := debootstrap
APT_POSTGRES := postgresql
APT_BENCH := sqlite3 sqlcipher libsqlcipher-dev python3 wrk
APT_WEB := chromium fonts-noto-cjk nodejs npm

# Lowest layer first.
LAYERS  := engine/base engine/archive engine/crypto engine/send engine/store engine/model \
           engine/audit engine/installation engine/plan \
           engine/subjects engine/holds engine/purge engine/certificate \
           engine/records engine/rights engine/consent engine/package \
           engine/accounts engine/report engine/demo engine/web engine/cli

WARN    := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wformat=2 -Wvla \
           -Wundef -Wwrite-strings -Wcast-qual -Wpointer-arith \
           -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
CFLAGS_debug   := -O1 -g
CFLAGS_release := -O2 -g -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2
CFLAGS_asan    := -O1 -g -fno-omit-frame-pointer \
                  -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS_tsan    := -O1 -g -fsanitize=thread
CFLAGS_cov     := -O0 -g --coverage
CFLAGS_fuzz    := $(CFLAGS_asan) -fsanitize=fuzzer-no-link
# gcc 12 loses sight of memory that a struct owns and calls it leaked; make
# asan, with every allocation failed in turn, finds the leaks there are.
CFLAGS_analyze := -O1 -g -fanalyzer -Wno-analyzer-malloc-leak
LDFLAGS_release := -pie -Wl,-z,relro,-z,now

pkg      = $(shell pkg-config $(1) 2>/dev/null)
# Asked once: nothing of it where they are not installed yet (make deps).
PKG_CFLAGS := $(call pkg,--cflags $(PKGS))
PKG_LIBS   := $(call pkg,--libs $(PKGS))
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -I. -MMD -MP -Werror $(WARN) \
             $(CFLAGS_$(MODE)) $(PKG_CFLAGS) $(CFLAGS)
LIBS     = $(PKG_LIBS) -lunistring -lm -lpthread
WRAP    := malloc calloc realloc reallocarray strdup sqlite3_prepare_v2 \
           installation_load
CHECK    = $(call pkg,--libs check) $(foreach f,$(WRAP),-Wl,--wrap=$f)

SRC     := $(wildcard $(addsuffix /*.c,$(LAYERS)))
TEXT    := $(shell find engine tests -name '*.[ch]')
# Files that the program carries inside itself: schemas, policies, SQL.
DATA    := $(wildcard schemas/*.sql schemas/*.yml schemas/*/*.sql \
             schemas/pack/*.txt schemas/letters/*.txt \
             schemas/letters/*.json policies/*.yml policies/*.csv \
             web/*.css web/*.json web/pages/*.html)
OBJ     := $(patsubst %.c,$(B)/%.o,$(filter-out %/main.c,$(SRC))) \
           $(B)/embedded.o
SUITES  := $(wildcard tests/test_*.c)
TEST    := $(patsubst %.c,$(B)/%.o,$(wildcard tests/*.c)) $(B)/suites.o
FUZZ    := $(patsubst tests/fuzz/%.c,$(B)/%,$(wildcard tests/fuzz/fuzz_*.c))
REPLAY  := $(FUZZ:$(B)/fuzz_%=$(B)/replay_%)

all: $(B)/lethe                ## build the program (the default)
	$(Q)[ $(MODE) != debug ] || ln -sfn debug/lethe build/lethe
$(B)/lethe: $(B)/engine/cli/main.o $(B)/liblethe.a
	$(LINK)
$(B)/run-tests: $(TEST) $(B)/liblethe.a
	$(LINK) $(CHECK)
$(B)/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(B)/liblethe.a
	$(LINK) -fsanitize=fuzzer
$(B)/replay_%: $(B)/tests/fuzz/replay.o $(B)/tests/fuzz/fuzz_%.o $(B)/liblethe.a
	$(LINK)
$(B)/bench_vfs: $(B)/tests/bench/bench_vfs.o $(B)/tests/bench/peer_lethe.o \
                $(B)/liblethe.a
	$(LINK)
$(B)/serve_test: $(B)/tests/web/serve_test.o $(B)/liblethe.a
	$(LINK)
$(B)/bench_requests: $(B)/tests/bench/bench_requests.o $(B)/tests/bench/turns.o \
                $(B)/liblethe.a
	$(LINK)
$(B)/bench_access: $(B)/tests/bench/bench_access.o $(B)/tests/bench/turns.o \
                $(B)/liblethe.a
	$(LINK)
$(B)/bench_seal: $(B)/tests/bench/bench_seal.o $(B)/tests/bench/turns.o \
                $(B)/liblethe.a
	$(LINK)
$(B)/bench_log: $(B)/tests/bench/bench_log.o $(B)/liblethe.a
	$(LINK)
$(B)/bench_reader: $(B)/tests/bench/bench_reader.o $(B)/liblethe.a
	$(LINK)
$(B)/lethe-unlogged: LDFLAGS += -Wl,--wrap=audit_append,--wrap=audit_append_all \
                     -Wl,--wrap=audit_ship -Wl,--wrap=audit_writable
$(B)/lethe-unlogged: $(B)/engine/cli/main.o $(B)/tests/bench/no_log.o \
                     $(B)/liblethe.a
	$(LINK)
$(B)/bench_sqlcipher: tests/bench/bench_vfs.c tests/bench/peer_sqlcipher.c \
                      $(B)/flags
	@mkdir -p $(@D); echo "  LD  $@"
	$(Q)$(CC) $(call pkg,--cflags sqlcipher) $(ALL_CFLAGS) -o $@ \
	  $(filter %.c,$^) $(call pkg,--libs sqlcipher)
$(B)/liblethe.a: $(OBJ)
	@echo "  AR  $@"; rm -f $@; ar rcs $@ $^
LINK = @echo "  LD  $@"; $(CC) $(ALL_CFLAGS) $(LDFLAGS_$(MODE)) $(LDFLAGS) \
       -o $@ $^ $(LIBS)

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D); echo "  CC  $@"
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<
$(B)/%.o: $(B)/%.c
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<
# Suites are declared by tests/suites.sh.
$(B)/tests/%.o: WARN += -Wno-missing-prototypes
$(B)/embedded.c: $(DATA) schemas/embed.sh $(B)/flags
	@echo "  GEN $@"
	$(Q)sh schemas/embed.sh $(DATA) >$@
$(B)/suites.c: $(SUITES) tests/suites.sh $(B)/flags
	$(Q)sh tests/suites.sh $(SUITES) >$@
$(B)/flags: FORCE
	@mkdir -p $(@D); echo '$(CC) $(ALL_CFLAGS) $(sort $(DATA) $(SUITES))' \
	  >$@.new; cmp -s $@.new $@ && rm $@.new || mv $@.new $@

# Installs only what is missing, and asks for nothing.
apt = @missing=$$(for p in $(1); do dpkg-query -W -f '$${Status}' $$p \
	  2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	[ -z "$$missing" ] || { s=; [ "$$(id -u)" = 0 ] || s=sudo; \
	  echo "  APT" $$missing; $$s apt-get -q update && \
	  $$s env DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3 install -y \
	    --no-install-recommends $$missing; }
deps:                          ## install what the build needs (Debian 12)
	$(call apt,$(APT_BUILD))
deps-test: deps
	$(call apt,$(APT_TEST))
deps-lint: deps-test
	$(call apt,$(APT_LINT))
deps-dev: deps-lint
	$(call apt,$(APT_DEV))
deps-postgres: deps-test
	$(call apt,$(APT_POSTGRES))
deps-web: deps
	$(call apt,$(APT_WEB))
deps-bench: deps
	$(call apt,$(APT_BENCH))

demo: deps                     ## install, build, and see what Lethe does
	$(Q)$(AGAIN) all
	$(Q)sh tests/demo.sh build/lethe build/demo
test: deps-test                ## install, build, and run every test
	$(Q)$(AGAIN) check
check: all $(B)/run-tests $(B)/serve_test $(REPLAY)  ## run the tests in this MODE
	$(Q)sh tests/run.sh $(B)
test-postgres: deps-postgres   ## the tests of stores, on a PostgreSQL server
	$(Q)$(AGAIN) all $(B)/run-tests
	$(Q)sh tests/postgres/run.sh $(B)
# Seeded rounds of tests/test_property.c; `make test` runs the first of them.
ROUNDS  ?= 1000
property: $(B)/run-tests       ## ROUNDS of made-up installations, judged twice
	$(Q)LETHE_ROUNDS=$(ROUNDS) $(B)/run-tests property
asan tsan fuzz: export LSAN_OPTIONS = \
  suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0
asan tsan: export LETHE_ROUNDS ?= 4
# One thread, and long: nothing for the sanitizer of threads.
tsan: export SKIP := calendar certificate crypto cutoff demo due merkle pack \
                     suppress time vectors vfs_crash vfs_seal zone
asan tsan: deps-test           ## the same tests under sanitizers
	$(Q)$(AGAIN) MODE=$@ check
# Exhaustive, or a world of records: too much for an interpreter.
SLOW    := calendar cutoff demo due merkle property time vectors vfs_crash zone
valgrind: deps-dev             ## the other unit tests under memcheck
	$(Q)$(AGAIN) build/debug/run-tests
	$(Q)for suite in $(filter-out $(SLOW),$(SUITES:tests/test_%.c=%)); do \
	  CK_FORK=no valgrind -q --error-exitcode=1 --leak-check=full \
	    --suppressions=tests/valgrind.supp build/debug/run-tests $$suite \
	    || exit 1; done
coverage: deps-test            ## lines and branches that the tests reach
	$(Q)find build/cov -name '*.gcda' -delete 2>/dev/null || :
	$(Q)$(AGAIN) CC=gcc MODE=cov check
	$(Q)gcov -n -b $$(find build/cov/engine -name '*.gcno') 2>/dev/null | \
	  awk -F"[':%]" '/^File/ { f = $$2 ~ /^engine.*c$$/ ? $$2 : "" } \
	    /^Lines/ { l = $$2 } f && /^(Taken|No branches)/ { \
	      printf "%7s%% %7s%%  %s\n", l, /^N/ ? 100 : $$2, f }' | sort -k3
fuzz: deps-lint                ## T=30 seconds for each fuzz target
	$(Q)$(AGAIN) CC=clang MODE=fuzz fuzz-all
fuzz-all: $(FUZZ)
	$(Q)sh tests/fuzz/run.sh $(T) $^
lint: deps-lint                ## layers, sizes, analysers, both compilers
	$(Q)$(AGAIN) CC=gcc MODE=debug all
	$(Q)sh tests/lint.sh build/debug
	$(Q)$(AGAIN) CC=gcc MODE=analyze all
	$(Q)$(AGAIN) CC=clang MODE=release B=build/clang all \
	  build/clang/run-tests
test-fresh:                    ## the README's commands in a bare Debian 12
	$(call apt,$(APT_FRESH))
	$(Q)sh tests/fresh.sh build/fresh
test-web: deps                 ## the pages in a headless Chromium, with axe-core
	@command -v node >/dev/null && command -v chromium >/dev/null || \
	  $(MAKE) --no-print-directory deps-web
	$(Q)$(AGAIN) all $(B)/serve_test
	$(Q)sh tests/web/run.sh $(B)
test-interop: deps             ## an audit log, verified by Go's x/mod
	$(call apt,$(APT_INTEROP))
	$(Q)$(MAKE) --no-print-directory MODE=release build/release/bench_log
	$(Q)sh tests/interop/run.sh build/release
install:                       ## the release build into $(DESTDIR)$(PREFIX)
	$(Q)$(AGAIN) MODE=release all
	install -D -m 755 build/release/lethe '$(DESTDIR)$(PREFIX)/bin/lethe'
VERSION = $(shell sed -n 's/^.define LETHE_VERSION "\(.*\)"/\1/p' \
            engine/cli/main.c)
dist:                          ## the last commit as build/lethe-VERSION.tar.gz
	$(Q)mkdir -p build
	git archive --prefix=lethe-$(VERSION)/ \
	  -o build/lethe-$(VERSION).tar.gz HEAD
compile_commands.json: deps-dev FORCE  ## for clangd
	$(Q)bear -- $(MAKE) -s B=build/cdb all build/cdb/run-tests
# Two cores and a disk are enough; ROWS=200000 RUNS=3 gives a quick look.
bench: deps-bench deps-postgres ## measure against plain SQLite and SQLCipher
	$(Q)$(MAKE) --no-print-directory MODE=release all \
	  build/release/bench_vfs build/release/bench_log \
	  build/release/bench_reader build/release/bench_requests \
	  build/release/bench_access \
	  build/release/bench_seal build/release/serve_test \
	  build/release/lethe-unlogged build/release/bench_sqlcipher
	$(Q)python3 -B tests/bench/bench.py build/release
clean:                         ## remove what was built
	rm -rf build compile_commands.json
help:                          ## this list
	@sed -n 's/^\([a-z][a-z_. -]*\):[^#]*## \(.*\)/  \1\t\2/p' Makefile | \
	  expand -t 26
format: deps-lint              ## rewrite with clang-format
	clang-format -i $(TEXT)
FORCE:
.PHONY: all bench check test test-postgres property demo deps deps-test \
        deps-lint deps-dev deps-postgres deps-web deps-bench asan tsan valgrind \
        coverage fuzz fuzz-all lint test-fresh test-interop test-web install dist \
        clean help format format-check FORCE
.SECONDARY:
.DELETE_ON_ERROR:
-include $(shell find $(B) -name '*.d' 2>/dev/null)
