/* SPDX-License-Identifier: MIT */
/* Changes of labels as JSON objects, between a command and who carries them out. */
#ifndef READOUT_SERVER_LABEL_CHANGE_JSON_H
#define READOUT_SERVER_LABEL_CHANGE_JSON_H

#include <jansson.h>

#include "storage/labels/label.h"

/* The word for a kind: "place", "terminal", ... */
const char *label_kind_text(enum label_kind kind);
/* false: there is no kind of this name. */
bool label_kind_find(const char *text, enum label_kind *ret_kind);

/* NULL when out of memory, or a text is no UTF-8. */
json_t *label_change_to_json(const struct label_change *change);

/* Texts point into json. false: it is no change. */
bool label_change_from_json(const json_t *json, struct label_change *ret_change);

#endif
