/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is remembered of failed logons: which account, from which address. An account is locked
 * for the address that the failures came from, so that an attacker does not lock it for others.
 * The clock is the caller's.
 *
 * An attempt is held from its arrival on, begins when it may, and ends as a success, a failure
 * or neither. A failure keeps its account at its address, and one of the places of the address,
 * until it is answered: so parallel connections do not guess faster than one.
 */
#ifndef CREDSSPD_ATTEMPTS_H
#define CREDSSPD_ATTEMPTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/credssp.h>

/*
 * Addresses that are remembered. An attacker with more of them has fresh ones anyway. An entry
 * has some 100 bytes.
 */
#define ATTEMPTS_ADDRESSES	4096
/* Accounts at all addresses together: 1.5 MB */
#define ATTEMPTS_PAIRS		16384
/* Accounts at one address: more than ATTEMPTS_RULES's failures of an address can lock */
#define ATTEMPTS_PAIRS_OF_ADDRESS	64
/* The same where the address is not known, as then it is that of all initiators */
#define ATTEMPTS_PAIRS_OF_UNKNOWN	1024
/*
 * Attempts of one address that are checked, or have failed and wait for their answer, at the same
 * time. A success takes milliseconds, so a gateway with many users does not notice it.
 */
#define ATTEMPTS_PARALLEL	8
/* Bytes of a name's digest: nobody finds two names with the same one */
#define ATTEMPTS_NAME		16

/**
 * struct attempts_rules - limits
 * @failures: of an account from one address, which lock it there; 0: it is never locked
 * @lock_ms: for so long; and a failure that is older counts no more
 * @delay_ms: from the beginning of an attempt to the answer of its failure
 * @address_failures: of one address, after which it has one each @address_ms; 0: no limit
 */
struct attempts_rules {
	unsigned int failures;
	int64_t lock_ms;
	int64_t delay_ms;
	unsigned int address_failures;
	int64_t address_ms;
};

/* A person who has forgotten a password tries it some times, and waits for ten minutes then. */
#define ATTEMPTS_FAILURES		5
#define ATTEMPTS_LOCK_MS		(10 * 60 * 1000)
/* A guess each second at most. More would make a typing error annoying. */
#define ATTEMPTS_DELAY_MS		1000
/* An office behind one address may begin its day with so many typing errors... */
#define ATTEMPTS_ADDRESS_FAILURES	60
/* ...and then has six in a minute: 8640 guesses in a day. */
#define ATTEMPTS_ADDRESS_MS		10000

struct attempts;
struct attempt_pair;

/* @rules: copied. NULL without memory. */
struct attempts *attempts_new(const struct attempts_rules *rules);
/* Others from now on; what has been counted, and locked, stays. */
void attempts_set_rules(struct attempts *a, const struct attempts_rules *rules);
/* No attempt may be held. @a may be NULL. */
void attempts_free(struct attempts *a);

/**
 * attempts_hold() - an attempt arrives
 * @a: all attempts
 * @name: digest of the account's name
 * @address: where the initiator is; IPv6 counts by /64, and IPv4 in IPv6 as IPv4
 * @now: milliseconds, as for all others
 *
 * Return: the account at this address; or NULL, and the attempt is to be refused as a locked one:
 * too many accounts are locked at the address, or tried right now.
 */
struct attempt_pair *attempts_hold(struct attempts *a, const uint8_t name[ATTEMPTS_NAME],
				   const struct credssp_address *address, int64_t now);
/* It is over. An attempt that has begun must have ended. */
void attempts_drop(struct attempts *a, struct attempt_pair *p, int64_t now);

enum attempts_answer {
	ATTEMPTS_GO,	/* begin */
	ATTEMPTS_WAIT,	/* another one must be answered before */
	ATTEMPTS_LOCKED,
};

/* May an attempt that is held begin? */
enum attempts_answer attempts_may_begin(const struct attempts *a, const struct attempt_pair *p,
					int64_t now);
void attempts_begin(struct attempt_pair *p);

/*
 * The password was right. The failures of this account at this address are forgotten if all of them
 * had the same @domain: accounts of several domains have one name here, and who can log on to one
 * of them must not get more attempts at another. @domain: digest of it, as it was sent
 */
void attempts_succeed(struct attempt_pair *p, uint64_t domain);
/* It could not be found out. */
void attempts_abandon(struct attempt_pair *p);
/*
 * The attempt, which has begun at @begun, has failed. Returns the time when it is to be answered;
 * then call attempts_end_failure(), also if nobody waits for the answer any more.
 */
int64_t attempts_fail(struct attempts *a, struct attempt_pair *p, uint64_t domain, int64_t begun,
		      int64_t now);
void attempts_end_failure(struct attempt_pair *p);
/* The time when an attempt that was refused as locked is to be answered: as if it was tried */
int64_t attempts_refuse(const struct attempts *a, int64_t now);

/* Attempts of the address of @p that are held */
unsigned int attempts_held(const struct attempt_pair *p);
/* Is that address known? */
bool attempts_is_known(const struct attempt_pair *p);
/* Are the two at the same address? */
bool attempts_share_address(const struct attempt_pair *p, const struct attempt_pair *q);

/* Numbers of entries, for tests */
size_t attempts_count_addresses(const struct attempts *a);
size_t attempts_count_pairs(const struct attempts *a);

#endif
