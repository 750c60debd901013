// SPDX-License-Identifier: GPL-2.0-only
/* The ticket office's limits and queue: who waits, who is refused, and whose turn it is. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <linux/credssp.h>
#include "office/office.h"
#include "office/office_impl.h"
#include "office/office_workers.h"
#include "test.h"
#include "test_office_client.h"
#include "test_office_limits.h"
#include "test_office_worker.h"

void fill(uint64_t first, unsigned int count, uint32_t owner)
{
	for (unsigned int i = 0; i < count; i++) {
		begin(first + i, owner, "ar");
		ENSURE(!init_outcome(first + i));
	}
}

void test_limits(void)
{
	const unsigned int third = OFFICE_WORKERS_OF_OWNER;

	start();
	fill(1, third, 7);
	begin(100, 7, "ar");
	ENSURE(!receive(QUIET_MS) && shared->started == third);
	/* Others are not concerned; and when one of the owner's ends, the next one starts. */
	fill(1 + third, third, 8);
	end(1);
	ENSURE(!init_outcome(100));
	fill(1 + 2 * third, third, 9);
	/* The reserve: two of a further owner, and root has no limit but that of all. */
	fill(1 + 3 * third, OFFICE_FEW, 10);
	begin(101, 10, "ar");
	ENSURE(!receive(QUIET_MS));
	fill(110, OFFICE_WORKERS - 3 * third - OFFICE_FEW, 0);
	begin(102, 0, "ar");
	ENSURE(!receive(QUIET_MS) && shared->started == OFFICE_WORKERS + 1);
	end(110);
	ENSURE(!init_outcome(102));
	ENSURE(!receive(QUIET_MS));
	stop();
}

void test_queue(void)
{
	struct init in = {
		.conversation = 106, .owner = 5, .time_limit = 2 * SHORT_MS, .script = "ar",
	};
	static const uint8_t order[] = { 101, 104, 107, 108, 102 };

	start();
	/* All places are taken. */
	fill(1, OFFICE_WORKERS, 0);
	begin(101, 7, "ar");
	begin(102, 7, "ar");
	begin(103, 7, "ar");
	begin(104, 8, "ar");
	begin(105, 8, "ar");
	begin(107, 9, "ar");
	begin(108, 11, "ar");
	/* Two do not get their turn: one is too late, one is ended. */
	ENSURE(!ask(&in) && init_outcome(106) == ETIMEDOUT);
	end(105);
	for (unsigned int i = 0; i < sizeof(order); i++) {
		end(1 + i);
		ENSURE(!init_outcome(order[i]));
		ENSURE(shared->order[OFFICE_WORKERS + i] == order[i]);
	}
	/* The third one of its owner is not for the reserve, and the next owner passes it. */
	end(1 + sizeof(order));
	ENSURE(!receive(QUIET_MS));
	begin(109, 12, "ar");
	ENSURE(!init_outcome(109) && !receive(QUIET_MS));
	stop();
}

void test_queue_limit(void)
{
	static uint8_t tickets[CREDSSP_HLP_MAX_TICKETS];
	const size_t charge = sizeof(tickets) + sizeof(struct credssp_hlp_header) + GROUPS_SIZE +
			      sizeof(struct credssp_hlp_krb5_init) + strlen("ar");
	struct init in = {
		.conversation = 100, .owner = 5, .script = "ar", .password = tickets,
		.password_length = sizeof(tickets),
	};

	start();
	fill(1, OFFICE_WORKERS, 0);
	for (unsigned int i = 0; i < OFFICE_BYTES_OF_OWNER / charge; i++, in.conversation++)
		ask_for_sure(&in);
	ENSURE(!receive(QUIET_MS));
	ENSURE(!ask(&in) && init_outcome(in.conversation) == EDQUOT);
	/* Another user's request still waits. */
	in.conversation++;
	in.owner = 6;
	ENSURE(!ask(&in) && !receive(QUIET_MS));
	stop();
}

/* @count requests of @owner wait; the next one is refused. */
static void ask_for_all(struct init *in, uint32_t owner, unsigned int count)
{
	in->owner = owner;
	for (unsigned int i = 0; i < count; i++, in->conversation++)
		ask_for_sure(in);
	ask_for_sure(in);
	ENSURE(init_outcome(in->conversation) == EDQUOT);
	in->conversation++;
}

/* Owners with all that they may have do not take the last quarter. */
void test_queue_reserve(void)
{
	static uint8_t much[OFFICE_BYTES_LITTLE - 1024];
	const unsigned int share = OFFICE_BYTES_OF_OWNER / OFFICE_BYTES_LITTLE;
	struct init in = {
		.conversation = 100, .script = "ar", .password = much,
		.password_length = sizeof(much),
	};

	start();
	fill(1, OFFICE_WORKERS, 0);
	ask_for_all(&in, 5, share);
	ask_for_all(&in, 6, share);
	/* Root has no limit of its own. */
	ask_for_all(&in, 0, share);
	/* One of each further owner */
	ask_for_all(&in, 7, 1);
	in.owner = 8;
	ENSURE(!ask(&in) && !receive(QUIET_MS));
	stop();
}

/* As many as the office takes: the daemon has places for them. */
void test_many(void)
{
	const unsigned int little = OFFICE_BYTES_LITTLE / JOB_CHARGE_MIN;
	struct init in = { .conversation = 100, .script = "ar" };

	start();
	fill(1, OFFICE_WORKERS, 0);
	for (unsigned int i = 0; i < OFFICE_REQUESTS; i++, in.conversation++) {
		/* Three quarters are root's. */
		in.owner = i < OFFICE_REQUESTS / 4 * 3 ? 0 : 10 + i / little;
		ask_for_sure(&in);
	}
	ENSURE(!receive(QUIET_MS));
	ENSURE(!ask(&in) && init_outcome(in.conversation) == EDQUOT);
	stop();
}

/* A stopped office takes nothing: requests are refused, ENDs are not lost. */
void test_full_socket(void)
{
	static uint8_t tickets[CREDSSP_HLP_MAX_TICKETS];
	struct init in = {
		.conversation = 100, .owner = 5, .script = "h", .password = tickets,
		.password_length = sizeof(tickets), .time_limit = SHORT_MS,
	};
	pid_t worker;
	int ret;

	start();
	begin(1, 5, "h");
	ENSURE(wait_for(have_started, 1) && !kill(shared->office, SIGSTOP));
	worker = shared->pid[1];
	while (!(ret = ask(&in)))
		in.conversation++;
	ENSURE(ret == -EDQUOT && in.conversation > 100);
	while (in.password_length) {
		in.password_length /= 2;
		while (!ask(&in))
			in.conversation++;
	}
	end(1);
	office_reload(office);
	ENSURE(office_events(office) == (POLLIN | POLLOUT));
	/* The device is not read for a while. */
	ENSURE(!office_has_room(office) && office_due(office) > 0);
	usleep((office_due(office) + SHORT_MS) * 1000);
	ENSURE(office_has_room(office) && office_due(office) < 0);
	ENSURE(!kill(shared->office, SIGCONT));
	while (receive(LONG_MS) && head->conversation != in.conversation - 1)
		;
	ENSURE(office_has_room(office) && office_due(office) < 0);
	ENSURE(wait_for(has_ended, worker) && wait_for(relay_was_reloaded, 1));
	ENSURE(office_events(office) == POLLIN);
	stop();
}
