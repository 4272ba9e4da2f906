# The monitor's line editor for the host: it knows neither console nor commands. Part of host.mk.

HOST_EDITOR := $(HOST_OUT)/editor
HOST_EDITOR_SOURCES := $(addprefix kernel/monitor/,editor.c history.c keys.c line_display.c \
    nearest.c words.c) kernel/lib/string.c grade/host/editor/driver.c
HOST_EDITOR_OBJECTS := $(HOST_EDITOR_SOURCES:%=$(HOST_OUT)/objects/%.o)

$(HOST_EDITOR): $(HOST_EDITOR_OBJECTS)
	$(call say,HOSTLD,$@)
	$(Q)$(HOST_CC) $(HOST_SANITIZE) $^ -o $@

host-tables: $(HOST_EDITOR)

-include $(HOST_EDITOR_OBJECTS:.o=.d)
