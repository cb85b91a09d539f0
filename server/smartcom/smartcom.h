/* SPDX-License-Identifier: MIT */
/*
 * The driver of a SmartCom terminal: the AT dialogue as a table of states, driven by
 * events (lines, timer, store), with no I/O inside. Whoever embeds it
 * (server/session/session.c, or a test) feeds events and carries out what the driver asks
 * for through struct smartcom_ops.
 *
 * The dialogue: a first line if one is to come, echo off, who are you, device table, now
 * and then error buffer and number of records; then rounds of GET_OLDEST,n - commit
 * - GET_SPACE - DEL_OLDEST,n-keep until nothing is new; then wait for the interval, with
 * an AT now and then to see whether anybody is there.
 *
 * Why a record cannot be lost. DEL_OLDEST,n is relative to whatever is oldest when it
 * arrives, and not idempotent. Therefore:
 *  - overlap: of n committed records at most n-1 are deleted, and the next GET must begin
 * with a record that is in the store already; if not, an event says what may be missing;
 *  - room: unless GET_SPACE says that nothing can be overwritten until the DEL has surely
 *    been executed, whatever the rounds until then can push out of the ring is kept back
 *    instead of one record;
 *  - unknown outcome: a DEL whose OK did not come may have been executed, or may be on
 * its way still. The link is closed and the terminal is marked; the next link fetches at
 * once but deletes only after the settling time and after a GET that began with a known
 * record;
 *  - refused: a record that the store cannot take in any form stays in the terminal, and
 * with it all that stands behind it, for DEL_OLDEST cannot step over it. What is behind
 * it is read and stored: each reply asks for more than is kept back;
 *  - one link: the embedder never runs two drivers of one terminal at a time.
 */
#ifndef READOUT_SERVER_SMARTCOM_H
#define READOUT_SERVER_SMARTCOM_H

#include "protocol/at/at_line.h"
#include "server/close_reason.h"

enum smartcom_state {
	SMARTCOM_GREETING,    /* waits for the first line */
	SMARTCOM_ECHO_OFF,    /* ATE0 */
	SMARTCOM_IDENTIFY,    /* the probes of the settings, one after the other */
	SMARTCOM_FIRMWARE,    /* ATI3 */
	SMARTCOM_OPENING,     /* the embedder looks the terminal up */
	SMARTCOM_QUARANTINED, /* unknown: connected, not read */
	SMARTCOM_TABLE,       /* AT^SCAMS? */
	SMARTCOM_ERRORS,      /* AT^SCERR? */
	SMARTCOM_COUNTING,    /* MESS_CNT */
	SMARTCOM_ROOM,        /* waiting for room in the store's queue */
	SMARTCOM_FETCHING,    /* GET_OLDEST */
	SMARTCOM_COMMITTING,  /* the store writes */
	SMARTCOM_SPACE,       /* GET_SPACE */
	SMARTCOM_DELETING,    /* DEL_OLDEST */
	SMARTCOM_WAITING,     /* for the interval, or for a deletion to settle */
	SMARTCOM_PROBING,     /* AT: is anybody there? */
	SMARTCOM_CLOSED,
	SMARTCOM_STATE_COUNT
};

enum smartcom_probe {
	SMARTCOM_PROBE_SERIAL,
	SMARTCOM_PROBE_IMEI,
	SMARTCOM_PROBE_LINE,         /* the first line is the name */
	SMARTCOM_PROBE_REGISTRATION, /* the first line is a secret that stands for a name
				      */
	SMARTCOM_PROBE_ADDRESS,
	SMARTCOM_PROBE_TLS, /* the name that the link itself has proved */
	SMARTCOM_PROBE_COUNT
};

enum { SMARTCOM_PROBES_MAX = SMARTCOM_PROBE_COUNT, SMARTCOM_IDENTITY_MAX = 64 };

struct smartcom_settings {
	enum smartcom_probe probes[SMARTCOM_PROBES_MAX];
	uint8_t probe_count;
	bool waits_for_line;    /* the terminal speaks first */
	uint64_t first_line_ms; /* how long to wait for that */
	bool echo_off;
	uint32_t batch;    /* most records per GET_OLDEST */
	bool keep_records; /* never delete: the terminal keeps everything */
	uint64_t exchange_timeout_ms;
	uint64_t identify_timeout_ms;
	uint64_t settle_ms;
	uint64_t idle_probe_ms;    /* silence after which AT is sent; 0 never */
	uint64_t probe_timeout_ms; /* and its time limit */
	uint64_t survey_ms; /* between looks at error buffer and fill; 0: none at all */
	size_t line_bytes;  /* the longest line; 0 unlimited */
	size_t reply_bytes; /* the longest reply; 0 unlimited */
};

/* What the driver finds out about a terminal besides its records. */
enum smartcom_measure {
	SMARTCOM_STORED,     /* records in its memory */
	SMARTCOM_SPACE_LEFT, /* bytes free in it */
	SMARTCOM_UNREACHED, /* newest records that a reply cannot hold; nothing is deleted
			     */
	SMARTCOM_UNREADABLE, /* 1: the oldest record passes even the large limit; 0 read
			      */
	SMARTCOM_MEASURES
};

/* What is known of a terminal when its link opens; filled in by the embedder. */
struct smartcom_memory {
	bool has_records; /* the store holds records of it: the next GET must overlap */
	bool is_deletion_unknown;  /* a DEL has an unknown outcome ... */
	uint64_t unknown_since_ms; /* ... since then (ops->now_ms) */
	uint32_t batch;            /* records per GET; 0: the settings' batch */
	uint32_t batch_trusted;  /* grows quickly up to here, one by one beyond; 0 any */
	bool is_head_large;      /* a record at the head passes the limits */
	bool is_head_unreadable; /* ... and the one-off limits */
};

/* What the store said about one reply. */
struct smartcom_commit {
	bool is_committed; /* false: rejected; nothing may be deleted */
	uint32_t count;
	uint32_t new_count;
	uint32_t retained;  /* from the first record that the store refused to the end; 0:
			       it refused none */
	bool is_head_known; /* its first record was in the store already */
	uint32_t wireless_count; /* different radio meters in it */
	bool is_gap_told;        /* an event tells what is missing before it already */
};

/* What the driver asks for. None of these may call back into the driver before returning.
 */
struct smartcom_ops {
	uint64_t (*now_ms)(void *context); /* monotonic */
	void (*send)(void *context, const struct at_command *command);
	/* One timer: smartcom_on_timer() after timeout_ms; 0 stops it. */
	void (*arm)(void *context, uint64_t timeout_ms);
	/* How long to wait for the next round (interval and jitter). */
	uint64_t (*interval_ms)(void *context);
	/* How long nothing may be collected yet; 0: it may. Asked again after that. */
	uint64_t (*quiet_ms)(void *context);
	/* The remote address, as an identity. */
	const char *(*address)(void *context);
	/* The name that the link itself has proved (TLS); NULL none. */
	const char *(*link_identity)(void *context);
	/* The name for which line is the registration text; NULL none. Compares all of
	 * them, in a time that says nothing of the line. */
	const char *(*registered)(void *context, struct span line);
	/* Who it is; answered by smartcom_on_opened(). */
	void (*open)(void *context, const char *identity, const char *firmware);
	/* One row of the device table, and its end (line.size 0). */
	void (*device)(void *context, struct span line);
	/* One line of the error buffer. */
	void (*terminal_error)(void *context, struct span line);
	void (*measured)(void *context, enum smartcom_measure what, int64_t value);
	/* The next reply may be long: the one-off limits hold, or no longer. */
	void (*raise_limits)(void *context, bool is_raised);
	/* Room for a reply of count records; false: smartcom_on_room() will follow. */
	bool (*reserve)(void *context, uint32_t count);
	/* One record line of the reply; false with a reason: the link must be closed. */
	bool (*record)(void *context, struct span line, enum close_reason *ret_reason);
	/*
	 * The reply is whole and has a record: commit it; answered by
	 * smartcom_on_committed(). The deletion mark is made durable in the same
	 * transaction.
	 */
	void (*commit)(void *context, bool may_delete);
	/* The deletion that commit marked: confirmed with the first deleted_count
	 * records, or not done. */
	void (*deletion_ended)(void *context, bool is_confirmed, uint32_t deleted_count);
	/* Something an operator should know; detail lives during the call. */
	void (*event)(void *context, const char *kind, const char *detail);
	/* A round is over: nothing is new, or nothing can be done before the next. The
	 * embedder may set driver->settings here. */
	void (*round_ended)(void *context);
	/* The link must be closed. The driver is SMARTCOM_CLOSED and takes no more
	 * events. */
	void (*close)(void *context, enum close_reason reason);
};

struct smartcom {
	const struct smartcom_settings *settings;
	const struct smartcom_ops *ops;
	void *context;
	enum smartcom_state state;
	enum smartcom_state ended_in; /* the state before SMARTCOM_CLOSED */
	struct at_command command;    /* in flight */
	struct smartcom_memory memory;

	uint8_t probe;                      /* position in settings->probes */
	uint64_t identify_by_ms;            /* deadline */
	char answer[SMARTCOM_IDENTITY_MAX]; /* first line of the exchange in flight */
	char identity[SMARTCOM_IDENTITY_MAX];
	char first_line[SMARTCOM_IDENTITY_MAX]; /* as a name; "" none, or none of ours */
	char registered[SMARTCOM_IDENTITY_MAX]; /* the name the first line stands for */
	bool is_registered;                     /* identity is that */

	uint64_t wait_until_ms;      /* WAITING: end of the wait */
	enum smartcom_state resumed; /* PROBING: the state to go back to */
	bool is_forced;              /* an operator wants a round: no quiet hours */
	uint32_t answers;            /* lines that answered a command, on this link */
	uint64_t surveyed_at_ms;     /* 0 never */
	bool is_surveying;           /* the states up to ROOM are those of a survey */
	int64_t stored_count;        /* last MESS_CNT; -1 unknown */
	bool is_large_probed;        /* the large head has been read once by itself */
	bool is_too_long;            /* the reply in flight passed a limit */
	bool has_long_line;          /* ... the usual one */

	uint32_t device_count;   /* rows of the device table; 0 unknown */
	uint32_t wireless_count; /* most radio meters in one reply */
	size_t line_bytes;       /* longest record line of this link, or a usual one */
	uint64_t fetched_at_ms;  /* when the GET was sent */
	uint32_t head_records;   /* of the reply: what a round can push out ... */
	int64_t head_bytes;      /* ... and what they take in the memory, at least */
	int64_t space_bytes;     /* last GET_SPACE; -1 unknown */
	uint64_t space_at_ms;
	uint32_t keep; /* records to keep back; 1, or what may be pushed out */

	uint32_t asked;    /* n of the GET in flight */
	uint32_t received; /* records of its reply so far */
	bool is_settled;   /* it was sent after the settling time */
	bool is_marked;    /* the commit carried the deletion mark, and no DEL was sent */
	struct smartcom_commit commit;
	uint32_t deleting; /* records of the DEL in flight */
};

/*
 * settings and ops must outlive the driver. The time for identification begins here;
 * nothing is sent before smartcom_start(). Between OPENING and smartcom_on_opened() the
 * embedder may set driver->settings to those of the terminal.
 */
void smartcom_init(struct smartcom *driver, const struct smartcom_settings *settings,
		   const struct smartcom_ops *ops, void *context);

/* ---- events ---- */

void smartcom_start(struct smartcom *driver);
/* Returns false for a line that nobody asked for. */
bool smartcom_on_line(struct smartcom *driver, struct span line);
void smartcom_on_timer(struct smartcom *driver);
void smartcom_on_opened(struct smartcom *driver, const struct smartcom_memory *memory);
/* Instead of smartcom_on_opened(): it stays connected and is not read. */
void smartcom_quarantine(struct smartcom *driver);
void smartcom_on_room(struct smartcom *driver);
/* The reply in flight has passed a limit; the embedder closes the link next. */
void smartcom_on_too_long(struct smartcom *driver);
/* Wants to know whether anybody is there: answers will grow if so. */
void smartcom_probe(struct smartcom *driver);
void smartcom_on_committed(struct smartcom *driver, const struct smartcom_commit *commit);
/* An operator wants a round now; ignored unless it is waiting. */
void smartcom_on_collect(struct smartcom *driver);

/* driver->settings are others: for the wait under way, too. Only while
 * smartcom_takes_settings(). */
void smartcom_on_settings(struct smartcom *driver);

/*
 * The link is gone, or must go: brings driver->memory up to date for the terminal's next
 * link (unknown deletion, smaller batch) and enters SMARTCOM_CLOSED. May be called again.
 */
void smartcom_end(struct smartcom *driver);

/* True between rounds: nothing is under way that was begun by the old settings. */
bool smartcom_takes_settings(const struct smartcom *driver);

/* True while an exchange is in flight: a link that ends now was broken off. */
bool smartcom_is_in_exchange(const struct smartcom *driver);
const char *smartcom_state_text(enum smartcom_state state);

#endif
