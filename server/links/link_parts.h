/* SPDX-License-Identifier: MIT */
/*
 * Between the files a link is made of: link.c (socket), link_layers.c (from the socket's
 * bytes to the terminal's text), link_write.c (the way back), link_login.c (a prompt).
 * Nobody else includes this. Loop thread only.
 */
#ifndef READOUT_SERVER_LINKS_LINK_PARTS_H
#define READOUT_SERVER_LINKS_LINK_PARTS_H

#include "server/links/link.h"

/* ---- link.c ---- */

/* An IPv4 peer in IPv6's clothes is the same host: takes them off link->address. */
void link_unmap_address(struct link *link);

/* Reads again, once in any case. */
void link_resume(struct link *link);

/* One of the link's handles is closed. */
void link_handle_closed(struct link *link);

/* ---- link_layers.c ---- */

/* The peer is there: waits for a proxy's header, or begins with the layers above. */
void link_layers_start(struct link *link);

/* Bytes of the socket; they may be changed in place. */
void link_layers_take(struct link *link, char *data, size_t size);

/* Nothing lies between the terminal's text and the embedder any more. */
void link_layers_open(struct link *link);

/* ---- link_write.c ---- */

/* Whether what is written goes through a code: telnet, TLS. */
bool link_is_coded(const struct link *link);

/* Encodes and writes; the bytes need not stay. false: the link must be closed. */
bool link_put(struct link *link, const char *data, size_t size);

/* The same, as it is: telnet's own bytes. */
bool link_put_raw(struct link *link, const char *data, size_t size);

/* Writes what output holds, unless a write is in flight. false: the same. */
bool link_flush(struct link *link);

/* The last bytes before the socket is closed, if the kernel takes them at once. */
void link_flush_last(struct link *link);

/* ---- link_login.c ---- */

/* Waits for a prompt; link_layers_open() follows, or ended(). false: no memory. */
bool link_login_start(struct link *link);
void link_login_take(struct link *link, const char *data, size_t size);
void link_login_close(struct link *link);

#endif
