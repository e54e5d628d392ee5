# SPDX-License-Identifier: Apache-2.0
# The one Makefile of Skep. `make` builds build/skepd and build/skepctl; `make run` serves from this machine with an embedded
# PostgreSQL; `make check` runs the tests; `make help` lists the rest. Missing Debian packages are installed as needed.

BUILD    ?= build
CC       ?= gcc
PREFIX   ?= /usr/local
SANITIZE ?=
FAILPOINTS ?=
WERROR   ?=
JOBS     ?= $(shell nproc)
VERSION  := 0.1.0

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
.PHONY: all run check check-unit check-store check-doors check-faults check-interop check-storage check-engines tsan soak bench bench-bulk lint format docs schema install clean help

# Parallel by itself; a make below this one gets its jobs from it.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(JOBS)
endif

# What is run is shown in short; V=1 shows it whole.
Q   := $(if $(V),,@)
say  = $(if $(V),,@printf '  %-7s %s\n' $(1) $(patsubst $(BUILD)/%,%,$@))

, := ,

# --- packages and their flags: asked for once, kept in $(BUILD)/config.mk, which make reads again when it changes ---

ifeq ($(filter clean help format,$(MAKECMDGOALS)),)
include $(BUILD)/config.mk
endif

LIBRARIES := glib-2.0 gobject-2.0 gio-2.0 libpq libmicrohttpd libcjson libcurl libcrypto thrift_c_glib zlib avro-c

$(BUILD)/config.mk: docker/packages.txt docker/install-packages.sh Makefile
	@mkdir -p $(@D)
	@docker/install-packages.sh build
	@printf 'LIBRARY_CFLAGS := %s\nLIBRARY_LIBS := %s\n' \
	    "$$(pkg-config --cflags $(LIBRARIES))" "$$(pkg-config --libs $(LIBRARIES))" > $@

# --- flags ----------------------------------------------------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wvla
OPTIMIZE := $(if $(SANITIZE),-O1 -fno-omit-frame-pointer -fsanitize=$(SANITIZE),-O2 -D_FORTIFY_SOURCE=2)
override CFLAGS += -std=gnu11 -g $(OPTIMIZE) $(WARNINGS) $(if $(WERROR),-Werror) -fstack-protector-strong -fPIE \
    -ffunction-sections -fdata-sections -D_GNU_SOURCE -DSKEP_VERSION='"$(VERSION)"' \
    $(if $(FAILPOINTS),-DSKEP_FAILPOINTS)
CPPFLAGS += -Iinclude -Iserver -Icli -I$(BUILD)/gen
LDFLAGS  += $(if $(SANITIZE),-fsanitize=$(SANITIZE)) -pie -Wl,-z,relro,-z,now -Wl,--gc-sections

# --- generated: Thrift types (schema/thrift/rules.mk) and query headers (server/store/rules.mk) ------------------------

include schema/thrift/rules.mk
include server/store/rules.mk

# --- the programs -----------------------------------------------------------------------------------------------------

SERVER_SOURCES := $(filter-out server/main.c,$(sort $(wildcard server/*.c server/*/*.c server/*/*/*.c)))
CLI_SOURCES    := $(filter-out cli/main.c,$(sort $(wildcard cli/*.c)))
objects         = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
SERVER_ARCHIVE := $(BUILD)/libskepd.a
CLI_ARCHIVE    := $(BUILD)/libskepctl.a

all: $(BUILD)/skepd $(BUILD)/skepctl

$(BUILD)/obj/server/%.o: server/%.c $(BUILD)/config.mk | $(HMS_STAMP) $(STORE_GEN_HEADERS)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS) $(CPPFLAGS) $(LIBRARY_CFLAGS) $(if $(findstring doors/thrift,$<),$(HMS_CFLAGS)) -MMD -MP -c $< -o $@

$(BUILD)/obj/cli/%.o: cli/%.c $(BUILD)/config.mk
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS) $(CPPFLAGS) $(LIBRARY_CFLAGS) -MMD -MP -c $< -o $@

$(BUILD)/obj/gen/%.o: $(BUILD)/gen/%.c $(BUILD)/config.mk
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS) $(CPPFLAGS) -MMD -MP -c $< -o $@

STORE_GEN_OBJECTS := $(patsubst $(BUILD)/gen/%.c,$(BUILD)/obj/gen/%.o,$(STORE_GEN_SOURCES))

$(SERVER_ARCHIVE): $(call objects,$(SERVER_SOURCES)) $(STORE_GEN_OBJECTS)
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $^

$(CLI_ARCHIVE): $(call objects,$(CLI_SOURCES) $(wildcard server/support/*.c))
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $^

$(BUILD)/skepd: $(call objects,server/main.c) $(SERVER_ARCHIVE) $(HMS_ARCHIVE)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LIBRARY_LIBS) -lm -o $@

$(BUILD)/skepctl: $(call objects,cli/main.c) $(CLI_ARCHIVE)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LIBRARY_LIBS) -lm -o $@

-include $(patsubst %.o,%.d,$(call objects,$(SERVER_SOURCES) $(CLI_SOURCES) server/main.c cli/main.c))

# --- run ----------------------------------------------------------------------------------------------------------------

run: all
	@docker/install-packages.sh run
	@exec $(BUILD)/skepd serve --print-clients $(RUN_ARGS)

# --- tests ------------------------------------------------------------------------------------------------------------------
# `make check` builds everything a second time under $(BUILD)/check, with warnings as errors and sanitizers, and runs it there.

TEST_SOURCES := $(sort $(shell find tests/unit tests/store tests/doors tests/iceberg tests/storage -name 'test_*.c' 2>/dev/null))
TEST_SUPPORT := $(sort $(wildcard tests/support/*.c))
TEST_UNIT    := $(patsubst %.c,$(BUILD)/%,$(filter tests/unit/% tests/doors/%,$(TEST_SOURCES)))
TEST_STORE   := $(patsubst %.c,$(BUILD)/%,$(filter tests/store/%,$(TEST_SOURCES)))
TEST_STORAGE := $(patsubst %.c,$(BUILD)/%,$(filter tests/storage/%,$(TEST_SOURCES)))
TEST_FILTERS := $(BUILD)/tests/iceberg/metadata_apply $(BUILD)/tests/iceberg/manifest_rows # what the comparisons with other libraries run
VENV         := $(abspath $(BUILD))/venv
PYTHON       := $(VENV)/bin/python
CHECK_MAKE    = +$(MAKE) --no-print-directory BUILD=$(BUILD)/check SANITIZE=address,undefined FAILPOINTS=1 WERROR=1 VENV=$(VENV)

$(BUILD)/obj/tests/%.o: tests/%.c $(BUILD)/config.mk | $(HMS_STAMP) $(STORE_GEN_HEADERS)
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CFLAGS) $(CPPFLAGS) -Itests $(LIBRARY_CFLAGS) $(HMS_CFLAGS) $(shell pkg-config --cflags check) \
	    -MMD -MP -c $< -o $@

# An archive, so that a program is given what it calls and nothing else.
TEST_ARCHIVE := $(BUILD)/libtests.a
$(TEST_ARCHIVE): $(call objects,$(TEST_SUPPORT))
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $^

$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(TEST_ARCHIVE) $(SERVER_ARCHIVE) $(HMS_ARCHIVE)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $^ $(LIBRARY_LIBS) $(shell pkg-config --libs check) -lm -o $@

# Its fake catalog has some functions of the real one, and is taken before it.
$(BUILD)/tests/doors/rest/test_arrival: LDFLAGS += -Wl,-z,muldefs

# Calls that this test makes fail.
$(BUILD)/tests/store/test_libpq_failures: LDFLAGS += $(addprefix -Wl$(,)--wrap=,PQflush PQconsumeInput PQgetResult PQsendQuery \
    PQpipelineSync PQenterPipelineMode PQsendPrepare PQsendQueryPrepared)
$(BUILD)/tests/unit/support/test_json_memory: LDFLAGS += -Wl,--wrap=g_malloc

# Loaded before the C library into programs of any build, PostgreSQL's too, so without sanitizers.
TEST_SHIMS := $(BUILD)/tests/faults/full_disk.so
$(TEST_SHIMS): $(BUILD)/%.so: %.c
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) -std=gnu11 -g -O2 $(WARNINGS) $(if $(WERROR),-Werror) -D_GNU_SOURCE -fPIC -shared $< -o $@

-include $(patsubst %.c,$(BUILD)/obj/%.d,$(TEST_SOURCES) $(TEST_SUPPORT))

$(BUILD)/venv/stamp: tests/requirements.txt
	@docker/install-packages.sh test
	@test -x $(PYTHON) || python3 -m venv $(VENV)
	$(PYTHON) -m pip install -q --disable-pip-version-check -r tests/requirements.txt
	@touch $@

# One at a time: Maven's repository is for one. What it fetches stays under $(BUILD); MAVEN_REPOSITORY=$HOME/.m2/repository shares it with other clones.
MAVEN_REPOSITORY ?= $(abspath $(BUILD))/maven
MAVEN             = flock $(BUILD)/maven.lock mvn -q -B -Dmaven.repo.local=$(MAVEN_REPOSITORY)

ICEBERG_VERSION := 1.10.2
SPARK_JAR       := $(BUILD)/jars/iceberg-spark-runtime-4.0_2.13-$(ICEBERG_VERSION).jar
# AWS's library for it, which has no part in Iceberg; there is none of 1.10.2.
AWS_VERSION     := 1.10.1
AWS_JAR         := $(BUILD)/jars/iceberg-aws-bundle-$(AWS_VERSION).jar

$(BUILD)/venv/engines-stamp: tests/engines/requirements.txt $(BUILD)/venv/stamp
	$(PYTHON) -m pip install -q --disable-pip-version-check -r tests/engines/requirements.txt
	@touch $@

$(SPARK_JAR): | engine-packages
	@mkdir -p $(@D)
	$(MAVEN) dependency:copy -DoutputDirectory=$(abspath $(@D)) \
	    -Dartifact=org.apache.iceberg:iceberg-spark-runtime-4.0_2.13:$(ICEBERG_VERSION)

$(AWS_JAR): | engine-packages
	@mkdir -p $(@D)
	$(MAVEN) dependency:copy -DoutputDirectory=$(abspath $(@D)) -Dartifact=org.apache.iceberg:iceberg-aws-bundle:$(AWS_VERSION)

# With which Spark speaks as the client of another Hive; the Thrift types of 3.1 and of 4.0 are in artifacts of other names.
HIVE_CLIENTS         := $(BUILD)/hive-clients
HIVE_METASTORE_3.1.3 := hive-standalone-metastore
HIVE_METASTORE_4.0.1 := hive-standalone-metastore-common
HIVE_CLIENT_STAMPS   := $(HIVE_CLIENTS)/3.1.3/stamp $(HIVE_CLIENTS)/4.0.1/stamp
$(HIVE_CLIENT_STAMPS): $(HIVE_CLIENTS)/%/stamp: tests/engines/hive-client/pom.xml | engine-packages
	@mkdir -p $(@D)
	$(MAVEN) -f $< dependency:copy-dependencies -DoutputDirectory=$(abspath $(@D)) -Dhive.version=$* -Dmetastore=$(HIVE_METASTORE_$*)
	@touch $@

# Of Trino's server (a tarball whose jars are hard links among its plugins) only what the tests load is kept.
TRINO_VERSION := 476
TRINO_HOME    := $(BUILD)/trino-$(TRINO_VERSION)
$(TRINO_HOME)/stamp: | engine-packages
	rm -rf $(@D) $(BUILD)/trino-download && mkdir -p $(@D)
	$(MAVEN) dependency:copy -DoutputDirectory=$(abspath $(BUILD))/trino-download \
	    -Dartifact=io.trino:trino-server:$(TRINO_VERSION):tar.gz
	tar xzf $(BUILD)/trino-download/*.tar.gz -C $(@D) --strip-components=1
	rm -rf $(BUILD)/trino-download $(@D)/secrets-plugin
	find $(@D)/plugin -mindepth 1 -maxdepth 1 ! -name hive ! -name iceberg ! -name tpch -exec rm -rf {} +
	@touch $@

.PHONY: test-packages engine-packages check-programs
test-packages:
	@docker/install-packages.sh build run test lint
engine-packages:
	@docker/install-packages.sh run engines

check-programs: test-packages $(BUILD)/config.mk
	$(CHECK_MAKE) all test-programs

.PHONY: test-programs
test-programs: $(TEST_UNIT) $(TEST_STORE) $(TEST_STORAGE) $(TEST_FILTERS) $(TEST_SHIMS)

check: check-programs $(BUILD)/venv/stamp lint
	tests/run.sh $(BUILD)/check $(PYTHON) idl unit store doors faults interop

check-unit: check-programs
	tests/run.sh $(BUILD)/check $(PYTHON) idl unit
check-store: check-programs
	tests/run.sh $(BUILD)/check $(PYTHON) store
check-doors: check-programs $(BUILD)/venv/stamp
	tests/run.sh $(BUILD)/check $(PYTHON) doors
check-faults: check-programs $(BUILD)/venv/stamp
	tests/run.sh $(BUILD)/check $(PYTHON) faults faults-heavy
check-interop: check-programs $(BUILD)/venv/stamp
	tests/run.sh $(BUILD)/check $(PYTHON) interop
check-storage: all test-packages engine-packages $(BUILD)/venv/engines-stamp $(TEST_STORAGE) $(SPARK_JAR) $(AWS_JAR) \
    $(TRINO_HOME)/stamp
	SPARK_JARS=$(abspath $(SPARK_JAR)),$(abspath $(AWS_JAR)) TRINO_HOME=$(abspath $(TRINO_HOME)) \
	    tests/run.sh $(BUILD) $(PYTHON) storage
check-engines: all engine-packages $(TEST_FILTERS) $(BUILD)/venv/engines-stamp $(SPARK_JAR) $(HIVE_CLIENT_STAMPS) \
    $(TRINO_HOME)/stamp
	SPARK_JARS=$(abspath $(SPARK_JAR)) HIVE_CLIENT_JARS=$(abspath $(HIVE_CLIENTS)) TRINO_HOME=$(abspath $(TRINO_HOME)) \
	    tests/run.sh $(BUILD) $(PYTHON) engines

# ThreadSanitizer over what is concurrent. tests/support/tsan_glib.c stands in for the locks that it cannot see.
TSAN_TESTS := unit/support/test_worker_pool unit/catalog/test_commit_queue unit/catalog/test_metadata_cache \
    store/test_pool store/test_commit_line
TSAN_WRAP  := $(addprefix -Wl$(,)--wrap=,g_mutex_lock g_mutex_unlock g_cond_wait g_cond_wait_until g_rw_lock_reader_lock \
    g_rw_lock_reader_unlock g_rw_lock_writer_lock g_rw_lock_writer_unlock) -Wl,-u,__wrap_g_mutex_lock
tsan: test-packages
	+$(MAKE) --no-print-directory BUILD=$(BUILD)/tsan SANITIZE=thread LDFLAGS='-fsanitize=thread -pie $(TSAN_WRAP)' \
	    $(addprefix $(BUILD)/tsan/tests/,$(TSAN_TESTS))
	for test in $(TSAN_TESTS); do G_SLICE=always-malloc CK_FORK=no CK_DEFAULT_TIMEOUT=300 $(BUILD)/tsan/tests/$$test || exit 1; done

# Optimized, with failpoints: operations and not sanitizers are what takes the time. OPERATIONS and SEEDS may be given.
OPERATIONS ?= 200000
SEEDS      ?= 20
soak: test-packages $(BUILD)/venv/stamp
	+$(MAKE) --no-print-directory BUILD=$(BUILD)/soak FAILPOINTS=1 VENV=$(VENV) all
	SKEPD=$(abspath $(BUILD))/soak/skepd $(PYTHON) tests/faults/soak.py --operations $(OPERATIONS) --seeds $(SEEDS)

bench: all
	@docker/install-packages.sh run
	python3 bench/run.py $(BUILD)
bench-bulk: all
	@docker/install-packages.sh run
	python3 bench/bulk.py $(BUILD)

# --- source hygiene -----------------------------------------------------------------------------------------------------------

lint:
	@docker/install-packages.sh lint
	python3 tests/lint/lint.py

# The pages that the program writes about itself.
docs: all
	$(BUILD)/skepd hms-api > docs/hms-api.md
	$(BUILD)/skepd rest-api > docs/rest-api.md
	$(BUILD)/skepd management-api > docs/management-api.json

format:
	clang-format-14 -i $$(git ls-files '*.c' '*.h')

install: all
	install -Dm755 -t $(DESTDIR)$(PREFIX)/bin $(BUILD)/skepd $(BUILD)/skepctl

clean:
	rm -rf $(BUILD)

help:
	@echo "make                build/skepd and build/skepctl"
	@echo "make run            serve here, with an embedded PostgreSQL; RUN_ARGS='--config FILE' passes arguments on"
	@echo "make install        both programs into \$$(DESTDIR)\$$(PREFIX)/bin"
	@echo "make clean          remove build/, which holds all that was made or fetched"
	@echo
	@echo "make check          lint and every test but faults-heavy, storage and engines, under ASan and UBSan"
	@echo "make check-unit | check-store | check-doors | check-interop    one part of it; check-programs builds for it"
	@echo "make check-faults   what dies or is cut while clients commit; make soak: 200,000 operations over 20 seeds"
	@echo "make check-storage  a Ceph RADOS Gateway, from Debian's packages, unpacked under build/rgw, with PyIceberg, Spark and Trino"
	@echo "make check-engines  Spark, Trino and DuckDB"
	@echo "make tsan           ThreadSanitizer over the concurrent tests"
	@echo "make bench          figures beside pgbench's"
	@echo "make bench-bulk     a table of a million partitions, beside COPY; fails past 128 MiB resident (8 minutes)"
	@echo
	@echo "make lint           format, layers, sizes, spelling; make format has clang-format write the C files"
	@echo "make docs           docs/hms-api.md, rest-api.md and management-api.json, as the program prints them"
	@echo "make schema         schema/postgres.sql, as the migrations make it"
	@echo "make test-programs  the tests in C, without sanitizers, under build/tests"
	@echo "make test-packages | engine-packages    Debian's packages for the tests"
	@echo
	@echo "V=1 shows commands whole; WERROR=1, SANITIZE=address,undefined, FAILPOINTS=1 and BUILD=DIR go with any of these."
