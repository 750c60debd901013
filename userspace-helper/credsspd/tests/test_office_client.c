// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <semaphore.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/clock.h"
#include "office/office_impl.h"
#include "test.h"
#include "test_office_client.h"
#include "test_office_worker.h"

const struct office_setup test_setup = {
	.conf = "conf", .user = "nobody", .work = test_office_work, .relay = test_office_relay,
	.kdcs = TEST_KDCS,
};

struct office *office;
alignas(8) uint8_t reply[CREDSSP_HLP_MAX_MESSAGE];
const struct credssp_hlp_header *const head = (const void *)reply;
const struct credssp_hlp_krb5_reply *const body = (const void *)(reply + sizeof(*head));

bool is_root(void)
{
	return !geteuid();
}

static uid_t own_uid(void)
{
	return is_root() ? USER : geteuid();
}

bool wait_for(bool (*condition)(uintptr_t arg), uintptr_t arg)
{
	const int64_t end = clock_ms() + LONG_MS;

	while (!condition(arg)) {
		if (clock_ms() > end)
			return false;
		usleep(2000);
	}
	return true;
}

/* Has the process ended? A zombie has, if its parent is not interested. */
bool has_ended(uintptr_t pid)
{
	char path[64], state = 'Z';
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	f = fopen(path, "re");
	if (!f)
		return true;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 'Z';
	fclose(f);
	return state == 'Z' || state == 'X';
}

bool have_started(uintptr_t count)
{
	return shared->started >= count;
}

static bool relay_runs(uintptr_t unused)
{
	(void)unused;
	return shared->relay;
}

bool relay_was_reloaded(uintptr_t count)
{
	return shared->reloads >= count;
}

void start(void)
{
	char private[NAME_SIZE], network[NAME_SIZE];
	struct shared fresh = { .relay_uid = is_root() ? 0 : geteuid() };

	memcpy(private, shared->private, sizeof(private));
	memcpy(network, shared->network, sizeof(network));
	fresh.relay_uid = shared->relay_uid;
	memcpy(fresh.private, private, sizeof(private));
	memcpy(fresh.network, network, sizeof(network));
	memcpy(shared, &fresh, sizeof(fresh));
	ENSURE(!sem_init(&shared->gate, 1, 0));
	office = office_start(&test_setup);
	ENSURE(office && office_fd(office) >= 0 && wait_for(relay_runs, 0));
}

void stop(void)
{
	office_stop(office);
	office = NULL;
	if (shared->office)
		ENSURE(wait_for(has_ended, shared->office));
	ENSURE(wait_for(has_ended, shared->relay));
	office_patience = (struct office_patience){ LONG_MS, LONG_MS, LONG_MS, LONG_MS };
}

/* The groups of a requester, behind the header; their length */
static size_t put_groups(uint8_t *p)
{
	const struct credssp_hlp_groups groups = { .gid = USER_GID, .count = USER_GROUPS };
	uint32_t gid;

	memcpy(p, &groups, sizeof(groups));
	for (int i = 0; i < USER_GROUPS; i++) {
		gid = USER_GROUP(i);
		memcpy(p + sizeof(groups) + i * sizeof(gid), &gid, sizeof(gid));
	}
	return GROUPS_SIZE;
}

size_t make_init(uint8_t *packet, const struct init *in)
{
	struct credssp_hlp_krb5_init init = {
		.source = in->tickets ? CREDSSP_HLP_KRB5_CCACHE : CREDSSP_HLP_KRB5_PASSWORD,
		.flags = in->tickets ? CREDSSP_HLP_KRB5_LOCAL : 0,
		.tickets_length = in->tickets ? strlen(in->tickets) : 0,
		.session_keyring = in->session,
		.time_limit = in->time_limit ? in->time_limit : LONG_MS,
		.target_length = strlen(in->script),
		.peer_ticket_length = in->password_length,
		.bindings[0] = in->conversation,
	};
	struct credssp_hlp_header hdr = {
		.length = sizeof(hdr) + sizeof(init) + init.tickets_length + init.target_length +
			  in->password_length,
		.opcode = CREDSSP_HLP_KRB5_INIT,
		.id = 1000 + in->conversation,
		.conversation = in->conversation,
		.uid = in->uid ? in->uid : own_uid(),
		.owner = in->owner,
		.flags = in->uid == STRANGER ? 0 : CREDSSP_HLP_GROUPS,
	};
	uint8_t *text = packet + sizeof(hdr);

	if (hdr.flags) {
		text += put_groups(text);
		hdr.length += GROUPS_SIZE;
	}
	memcpy(packet, &hdr, sizeof(hdr));
	memcpy(text, &init, sizeof(init));
	text += sizeof(init);
	if (in->tickets)
		memcpy(text, in->tickets, init.tickets_length);
	text += init.tickets_length;
	memcpy(text, in->script, init.target_length);
	if (in->password_length)
		memcpy(text + init.target_length, in->password, in->password_length);
	return hdr.length;
}

int ask(const struct init *in)
{
	static alignas(8) uint8_t packet[CREDSSP_HLP_MAX_MESSAGE];
	size_t length = make_init(packet, in);

	ENSURE(office_is_for(office, packet, length));
	return office_request(office, packet, length);
}

void ask_for_sure(const struct init *in)
{
	int ret = ask(in);

	for (int i = 0; ret == -EDQUOT && i < LONG_MS / 10; i++) {
		usleep(10000);
		ret = ask(in);
	}
	ENSURE(!ret);
}

void begin(uint64_t conversation, uint32_t owner, const char *script)
{
	const struct init in = { .conversation = conversation, .owner = owner, .script = script };

	ENSURE(!ask(&in));
}

int send_other(uint16_t opcode, uint64_t conversation, const char *text)
{
	struct {
		struct credssp_hlp_header hdr;
		char text[32];
	} packet = { .hdr = {
		.length = sizeof(packet.hdr) + strlen(text), .opcode = opcode,
		.id = 2000 + conversation, .conversation = conversation, .uid = own_uid(),
	} };

	memcpy(packet.text, text, strlen(text));
	if (!office_is_for(office, &packet, packet.hdr.length))
		return -ENOENT;
	return office_request(office, &packet, packet.hdr.length);
}

void step(uint64_t conversation)
{
	ENSURE(!send_other(CREDSSP_HLP_KRB5_STEP, conversation, "reply"));
}

void end(uint64_t conversation)
{
	ENSURE(!send_other(CREDSSP_HLP_END, conversation, ""));
}

bool receive(int ms)
{
	const int64_t until = clock_ms() + ms;
	struct pollfd p = { .fd = office_fd(office) };
	size_t length = 0;

	while (!length && clock_ms() < until) {
		p.events = office_events(office);
		ENSURE(poll(&p, 1, until - clock_ms()) >= 0);
		office_flush(office);
		if (p.revents & ~POLLOUT)
			ENSURE(!office_receive(office, reply, sizeof(reply), &length));
	}
	if (length)
		ENSURE(head->length == length && !head->owner && !head->flags);
	return length;
}

/* Take the reply of this conversation; its error */
static int outcome(uint64_t conversation, uint16_t opcode)
{
	ENSURE(receive(LONG_MS));
	ENSURE(head->conversation == conversation && head->opcode == opcode);
	ENSURE(head->id == conversation + (opcode == CREDSSP_HLP_KRB5_INIT ? 1000 : 2000));
	if (head->error)
		ENSURE(head->length == sizeof(*head));
	else
		ENSURE(head->length >= sizeof(*head) + sizeof(*body));
	return head->error;
}

int init_outcome(uint64_t conversation)
{
	return outcome(conversation, CREDSSP_HLP_KRB5_INIT);
}

int step_outcome(uint64_t conversation)
{
	return outcome(conversation, CREDSSP_HLP_KRB5_STEP);
}

void prepare(void)
{
	const struct passwd *nobody;
	int fd;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ENSURE(shared != MAP_FAILED);
	read_network(shared->network);
	nobody = getpwnam("nobody");
	ENSURE(nobody);
	shared->relay_uid = is_root() ? nobody->pw_uid : geteuid();
	strcpy(shared->private, "/tmp/office-XXXXXX");
	fd = mkstemp(shared->private);
	ENSURE(fd >= 0);
	close(fd);
}
