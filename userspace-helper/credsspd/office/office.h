/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ticket office: a separate process that carries out the Kerberos requests of the module,
 * with a worker process for each exchange, which runs as the requester. The daemon passes on
 * requests and replies, and does not wait for them. Only the daemon's first thread, the
 * receiver, calls these functions.
 */
#ifndef CREDSSPD_OFFICE_H
#define CREDSSPD_OFFICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct office_fast - FAST: passwords are exchanged in armor
 * @keytab: the host's keytab, or NULL
 * @ccache: name of the host's credential cache, if @keytab is NULL
 * @required: not without armor
 * @packet: bytes of a packet of the armorer
 * @load, @serve: main functions of the armorer: krb5_armorer_load() and _serve()
 * @work: main function of a worker in armor: krb5_work_armored()
 */
struct office_fast {
	const char *keytab;
	const char *ccache;
	bool required;
	size_t packet;
	void (*load)(const char *conf, const char *keytab, const char *ccache);
	int (*serve)(int fd, int relay, const char *conf);
	int (*work)(int fd, int relay, const char *conf, bool required);
};

/**
 * struct office_setup - what the office needs
 * @conf: path of krb5.conf
 * @user: user that the relay becomes, see sandbox_enter(); and with @fast the workers that
 *	have passwords
 * @fast: NULL: no FAST
 * @replays: directory of the acceptors' replay caches; NULL: no AP-REQ is accepted
 * @kdcs: file for what the relay knows of KDCs; NULL: none
 * @work: main function of a worker: krb5_work(), or a test's
 * @accept, @tgt: the same of an acceptor's workers: krb5_accept_work() and krb5_tgt_work()
 * @relay: main function of the relay: krb5_relay(), or a test's
 */
struct office_setup {
	const char *conf;
	const char *user;
	const struct office_fast *fast;
	const char *replays;
	const char *kdcs;
	int (*work)(int fd, int relay, const char *conf);
	int (*accept)(int fd, int replays, const char *conf);
	int (*tgt)(int fd, int relay, const char *conf);
	int (*relay)(int fd, int kdcs, const char *conf);
};

struct office;

/*
 * Fork the office, which forks the relay. They end when the daemon ends. Call this before
 * the device is open, while the process has its network and all of its rights. Returns NULL
 * after logging the reason.
 */
struct office *office_start(const struct office_setup *setup);
/* End all exchanges. @o may be NULL. */
void office_stop(struct office *o);

/*
 * Is this request of the module one for the office: one of Kerberos, or END of an exchange that
 * @o knows? @o may be NULL.
 */
bool office_is_for(struct office *o, const void *request, size_t length);

/*
 * Pass on a request for the office. Return 0; or -EOPNOTSUPP if @o is NULL, -EBADMSG, or
 * -EDQUOT if there are too many: then the caller answers the request. An END never fails.
 */
int office_request(struct office *o, const void *request, size_t length);

/**
 * office_receive() - take a reply, if one has arrived
 * @o: office
 * @reply, @room: buffer of CREDSSP_HLP_MAX_MESSAGE bytes, aligned for 64-bit
 * @length: bytes of the reply for the module, 0 if there is none
 *
 * Return: 0, or a negative errno, logged, if the office is lost.
 */
int office_receive(struct office *o, void *reply, size_t room, size_t *length);

/* Let the relay read krb5.conf again. @o may be NULL. */
void office_reload(struct office *o);

/* The file descriptor to poll for office_events(), -1 without an office. */
int office_fd(const struct office *o);
short office_events(const struct office *o);
/* There is room again: pass on what could not be passed on before. */
void office_flush(struct office *o);
/*
 * May the next request be read? Not while the office has too much to read: what waits in the
 * module waits in turn, and what is refused here would often be another user's. An office that
 * has taken nothing for a second does not stop the handshakes: then requests for it are refused.
 * @o may be NULL.
 */
bool office_has_room(struct office *o);
/* Milliseconds until this may change without an event; -1: not. @o may be NULL. */
int office_due(const struct office *o);

#endif
