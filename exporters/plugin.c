/* SPDX-License-Identifier: MIT */
#include "exporters/plugin.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_MAX_BYTES = 32 };

struct exporter_module {
	void *handle; /* of dlopen() */
	const struct exporter_plugin *plugin;
};

/* A name is not a path: it reaches no file outside the directory. */
static bool is_name(const char *name)
{
	return *name &&
	       name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-")] == '\0';
}

static bool is_complete(const struct exporter_plugin *plugin)
{
	return plugin->name && plugin->help && plugin->options && plugin->create &&
	       plugin->deliver && plugin->destroy;
}

/* The version stands first in the struct so that it can be read before anything else. */
static bool check(const struct exporter_plugin *plugin, const char *name,
		  char error[EXPORTER_ERROR_MAX])
{
	if (!plugin) {
		snprintf(error, EXPORTER_ERROR_MAX, "%s.so: %s() returns no plugin", name,
			 EXPORTER_SYMBOL);
		return false;
	}
	if (plugin->abi != EXPORTER_ABI || plugin->size < sizeof *plugin) {
		snprintf(error, EXPORTER_ERROR_MAX,
			 "%s.so has version %u of the exporter contract (%u bytes), this "
			 "readout has version %u (%zu bytes): build the plugin with this "
			 "readout's exporter.h",
			 name, plugin->abi, plugin->size, EXPORTER_ABI, sizeof *plugin);
		return false;
	}
	if (!is_complete(plugin)) {
		snprintf(error, EXPORTER_ERROR_MAX,
			 "%s.so: its struct is incomplete: name, help, options, create, "
			 "deliver and destroy must be set",
			 name);
		return false;
	}
	return true;
}

/* The symbol's address as a function: POSIX allows it, C has no cast for it. */
static const struct exporter_plugin *ask(void *handle)
{
	const struct exporter_plugin *(*function)(void) = NULL;
	void *symbol = dlsym(handle, EXPORTER_SYMBOL);
	memcpy(&function, &symbol, sizeof function);
	return function ? function() : NULL;
}

static bool load(struct exporter_module *module, const char *path, const char *name,
		 char error[EXPORTER_ERROR_MAX])
{
	module->handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!module->handle) {
		const char *why = dlerror();
		snprintf(error, EXPORTER_ERROR_MAX,
			 "cannot load the exporter plugin: %.220s", why ? why : path);
		return false;
	}
	if (!dlsym(module->handle, EXPORTER_SYMBOL)) {
		snprintf(error, EXPORTER_ERROR_MAX,
			 "%s.so has no function %s(): not an exporter plugin", name,
			 EXPORTER_SYMBOL);
		return false;
	}
	module->plugin = ask(module->handle);
	return check(module->plugin, name, error);
}

struct exporter_module *exporter_module_open(const char *directory, const char *name,
					     char error[EXPORTER_ERROR_MAX])
{
	if (!is_name(name) || strlen(name) > NAME_MAX_BYTES) {
		snprintf(
			error, EXPORTER_ERROR_MAX,
			"\"%.*s\" is no name of an exporter plugin: 1 to %d of a-z, 0-9, "
			"\"_\" and \"-\"",
			NAME_MAX_BYTES, name, NAME_MAX_BYTES);
		return NULL;
	}
	char path[PATH_MAX];
	int length = snprintf(path, sizeof path, "%s/%s.so", directory, name);
	if (length < 0 || (size_t)length >= sizeof path) {
		snprintf(error, EXPORTER_ERROR_MAX,
			 "the directory of exporter plugins has too long a path");
		return NULL;
	}
	struct exporter_module *module = calloc(1, sizeof *module);
	if (!module) {
		snprintf(error, EXPORTER_ERROR_MAX, "%.200s: out of memory", path);
		return NULL;
	}
	if (!load(module, path, name, error)) {
		exporter_module_close(module);
		return NULL;
	}
	return module;
}

void exporter_module_close(struct exporter_module *module)
{
	if (!module)
		return;
	if (module->handle)
		dlclose(module->handle);
	free(module);
}

const struct exporter_plugin *exporter_module_plugin(const struct exporter_module *module)
{
	return module->plugin;
}
