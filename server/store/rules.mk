# SPDX-License-Identifier: Apache-2.0
# Generated parts of the store: a header of named queries for each server/store/*.sql, one header that lists them all (for
# the test that prepares every one), and the migrations as C text. Included by the one Makefile, from the top of the
# tree. Takes BUILD; gives STORE_GEN_HEADERS (order-only prerequisite of every object of server/store and tests/store),
# STORE_GEN_SOURCES (compile and link with server/store/*.c).

AWK ?= awk

STORE_GEN         := $(BUILD)/gen/store
STORE_SQL         := $(sort $(wildcard server/store/*.sql))
STORE_MIGRATIONS  := $(sort $(wildcard migrations/*.sql))
STORE_SQL_HEADERS := $(patsubst server/store/%.sql,$(STORE_GEN)/%_sql.h,$(STORE_SQL))
STORE_GEN_HEADERS := $(STORE_SQL_HEADERS) $(STORE_GEN)/all_sql.h
STORE_GEN_SOURCES := $(STORE_GEN)/migrations.c

$(STORE_GEN)/%_sql.h: server/store/%.sql server/store/sql_to_header.awk
	@mkdir -p $(@D)
	$(Q)$(AWK) -v noun=$* -f server/store/sql_to_header.awk $< > $@.new && mv $@.new $@

$(STORE_GEN)/all_sql.h: $(STORE_SQL_HEADERS) server/store/rules.mk
	@mkdir -p $(@D)
	@{ for noun in $(patsubst server/store/%.sql,%,$(STORE_SQL)); do \
	       echo "#include \"store/$${noun}_sql.h\""; \
	   done; \
	   echo "static const StoreQuery *const *const SQL_ALL[] = {"; \
	   for noun in $(patsubst server/store/%.sql,%,$(STORE_SQL)); do \
	       echo "    SQL_ALL_OF_$$(echo $$noun | tr a-z A-Z),"; \
	   done; \
	   echo "    NULL};"; } > $@

$(STORE_GEN)/migrations.c: $(STORE_MIGRATIONS) server/store/migrations_to_c.awk
	@mkdir -p $(@D)
	$(Q)$(AWK) -f server/store/migrations_to_c.awk $(STORE_MIGRATIONS) > $@.new && mv $@.new $@

# schema/postgres.sql: what the migrations make, dumped from a private PostgreSQL.
.PHONY: schema
schema: $(BUILD)/tests/store/test_schema
	SKEP_SCHEMA_WRITE=1 $<
