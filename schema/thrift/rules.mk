# SPDX-License-Identifier: Apache-2.0
# Types of the Hive Metastore API: thrift's C code from the IDL in this folder, compiled once into $(BUILD)/libhms.a.
# Included by the one Makefile, from the top of the tree. Takes BUILD and CC; gives HMS_STAMP (order-only prerequisite
# of whatever includes a generated header), HMS_CFLAGS (to find the headers) and HMS_ARCHIVE (to link).
#
# hms_methods.inc has a row for every method, for server/doors/thrift/methods.c.
#
# Only the types are compiled, and the arguments and results of methods are types: the generated clients, handlers
# and processors are not used. A file that comes out of thrift as it was keeps its time, so that a new comment in the
# IDL compiles nothing again.

THRIFT ?= thrift

HMS_IDL     := $(sort $(wildcard schema/thrift/*.thrift))
HMS_ROOT    := schema/thrift/hive_metastore.thrift
HMS_GEN     := $(BUILD)/gen/thrift
HMS_STAMP   := $(HMS_GEN)/stamp
HMS_ARCHIVE := $(BUILD)/libhms.a
HMS_SOURCES := $(patsubst schema/thrift/%.thrift,$(HMS_GEN)/hms_%_types.c,$(HMS_IDL))
HMS_OBJECTS := $(HMS_SOURCES:.c=.o)
HMS_CFLAGS  := -I$(HMS_GEN)

# Warnings and sanitizers of the project are not for generated code; its speed matters (every request is decoded by
# it), and -O2 would double the time that -O1 takes to compile for very little.
HMS_COMPILE = $(CC) -std=gnu11 -O1 -g0 -fPIE -ffunction-sections -w -I$(HMS_GEN) \
    $(shell pkg-config --cflags thrift_c_glib gobject-2.0)

# Thrift's finalizers do not call their parent's, and GLib then loses 48 bytes with each object: make them call it.
HMS_REPAIR := -e '/^hms_[a-z0-9_]*_finalize (GObject .object)$$/,/^}$$/ \
    s/^}$$/  G_OBJECT_CLASS (g_type_class_peek (THRIFT_TYPE_STRUCT))->finalize (object);\n}/'

$(HMS_STAMP): $(HMS_IDL) schema/thrift/rules.mk schema/thrift/method_rows.py
	@rm -rf $(HMS_GEN)/fresh && mkdir -p $(HMS_GEN)/fresh $(HMS_GEN)/json
	$(call say,THRIFT)
	$(Q)$(THRIFT) -nowarn -r --gen c_glib -out $(HMS_GEN)/fresh $(HMS_ROOT)
	$(Q)$(THRIFT) -nowarn -r --gen json -out $(HMS_GEN)/json $(HMS_ROOT)
	@sed -i $(HMS_REPAIR) $(HMS_GEN)/fresh/*_types.c
	@for f in $(HMS_GEN)/fresh/*_types.[ch]; do \
	    cmp -s $$f $(HMS_GEN)/$${f##*/} || mv $$f $(HMS_GEN)/; \
	done
	@rm -rf $(HMS_GEN)/fresh
	python3 schema/thrift/method_rows.py $(HMS_GEN) > $(HMS_GEN)/hms_methods.inc.new
	@cmp -s $(HMS_GEN)/hms_methods.inc.new $(HMS_GEN)/hms_methods.inc || \
	    mv $(HMS_GEN)/hms_methods.inc.new $(HMS_GEN)/hms_methods.inc
	@touch $@

# Made by the rule above; the empty recipe lets make look at each file's own time.
$(HMS_SOURCES): $(HMS_STAMP) ;

$(HMS_GEN)/%.o: $(HMS_GEN)/%.c | $(HMS_STAMP)
	$(call say,CC)
	$(Q)$(HMS_COMPILE) -MMD -MP -c $< -o $@

$(HMS_ARCHIVE): $(HMS_OBJECTS)
	@rm -f $@
	$(call say,AR)
	$(Q)$(AR) rcs $@ $^

-include $(HMS_OBJECTS:.o=.d)
