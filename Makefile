# make demo, make test, make help.   MODE = debug release asan tsan cov fuzz

MODE    ?= debug
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
Q       := $(if $(V),,@)
B       := build/$(MODE)
PKGS    := sqlite3 libgcrypt yaml-0.1 jansson

# What a fresh Debian 12 needs.  The one list: the targets below read it.
APT_BUILD := gcc libc6-dev pkg-config libsqlite3-dev libgcrypt20-dev \
             libyaml-dev libjansson-dev tzdata
APT_TEST  := check libsubunit-dev python3-jsonschema python3-yaml sqlite3
APT_LINT  := clang clang-format cppcheck binutils shellcheck
APT_BENCH := sqlite3 sqlcipher libsqlcipher-dev python3

# Lowest layer first.
LAYERS  := engine/base engine/crypto engine/store engine/model \
           engine/installation engine/plan engine/audit engine/purge \
           engine/records engine/demo engine/cli

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
LDFLAGS_release := -pie -Wl,-z,relro,-z,now

pkg      = $(shell pkg-config $(1) 2>/dev/null)
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -I. -MMD -MP -Werror $(WARN) \
             $(CFLAGS_$(MODE)) $(call pkg,--cflags $(PKGS)) $(CFLAGS)
LIBS     = $(call pkg,--libs $(PKGS)) -lm -lpthread
WRAP    := malloc calloc realloc reallocarray strdup
CHECK    = $(call pkg,--libs check) $(foreach f,$(WRAP),-Wl,--wrap=$f)

SRC     := $(wildcard $(addsuffix /*.c,$(LAYERS)))
TEXT    := $(shell find engine tests -name '*.[ch]')
# Files that the program carries inside itself: schemas, policies, SQL.
DATA    := $(wildcard schemas/*.sql schemas/*.yml schemas/*/*.sql \
             policies/*.yml policies/*.csv)
OBJ     := $(patsubst %.c,$(B)/%.o,$(filter-out %/main.c,$(SRC))) \
           $(B)/embedded.o
SUITES  := $(wildcard tests/test_*.c)
TEST    := $(patsubst %.c,$(B)/%.o,$(wildcard tests/*.c)) $(B)/suites.o
FUZZ    := $(patsubst tests/fuzz/%.c,$(B)/%,$(wildcard tests/fuzz/fuzz_*.c))

all: $(B)/lethe                ## build the program (the default)
	$(Q)[ $(MODE) != debug ] || ln -sfn debug/lethe build/lethe
$(B)/lethe: $(B)/engine/cli/main.o $(B)/liblethe.a
	$(LINK)
$(B)/run-tests: $(TEST) $(B)/liblethe.a
	$(LINK) $(CHECK)
$(B)/fuzz_%: $(B)/tests/fuzz/fuzz_%.o $(B)/liblethe.a
	$(LINK) -fsanitize=fuzzer
$(B)/bench_vfs: $(B)/tests/bench/bench_vfs.o $(B)/tests/bench/peer_lethe.o \
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
install = @missing=$$(for p in $(1); do dpkg-query -W -f '$${Status}' $$p \
	  2>/dev/null | grep -q 'ok installed' || echo $$p; done); \
	[ -z "$$missing" ] || { s=; [ "$$(id -u)" = 0 ] || s=sudo; \
	  echo "  APT" $$missing; $$s apt-get -q update && \
	  $$s env DEBIAN_FRONTEND=noninteractive apt-get -q install -y \
	    --no-install-recommends $$missing; }
deps:                          ## install what the build needs (Debian 12)
	$(call install,$(APT_BUILD))
deps-test: deps
	$(call install,$(APT_TEST))
deps-lint: deps-test
	$(call install,$(APT_LINT))
deps-bench: deps
	$(call install,$(APT_BENCH))

demo: deps                     ## install, build, and see what Lethe does
	$(Q)$(MAKE) --no-print-directory all
	$(Q)sh tests/demo.sh build/lethe build/demo
test: deps-test                ## install, build, and run every test
	$(Q)$(MAKE) --no-print-directory check
check: all $(B)/run-tests      ## run the tests in this MODE
	$(Q)sh tests/run.sh $(B)
asan: export LSAN_OPTIONS = suppressions=tests/lsan.supp:print_suppressions=0
asan tsan:                     ## the same tests under sanitizers
	$(Q)$(MAKE) --no-print-directory MODE=$@ check
# Two cores and a disk are enough; ROWS=200000 RUNS=3 gives a quick look.
bench: deps-bench              ## measure against plain SQLite and SQLCipher
	$(Q)$(MAKE) --no-print-directory MODE=release all \
	  build/release/bench_vfs build/release/bench_sqlcipher
	$(Q)python3 -B tests/bench/bench.py build/release
clean:                         ## remove what was built
	rm -rf build compile_commands.json
help:                          ## this list
	@sed -n 's/^\([a-z][a-z_. -]*\):[^#]*## \(.*\)/  \1\t\2/p' Makefile | \
	  expand -t 26
format:                        ## rewrite with clang-format
	clang-format -i $(TEXT)
format-check:
	clang-format -n -Werror $(TEXT)
FORCE:
.PHONY: all bench check test demo deps deps-test deps-lint deps-bench asan tsan \
        format format-check clean help FORCE
.SECONDARY:
.DELETE_ON_ERROR:
-include $(shell find $(B) -name '*.d' 2>/dev/null)
