// SPDX-License-Identifier: GPL-2.0-only
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <asm/sockios.h>
#include <linux/credssp.h>
#include <linux/keyctl.h>
#include "sandbox/sandbox.h"
#include "test_office_worker.h"

#define CONNECTIONS	256

struct shared *shared;
static uint32_t time_limit;

/* ---- the sandbox, from the inside --------------------------------------------- */

void read_network(char name[NAME_SIZE])
{
	ssize_t n = readlink("/proc/self/ns/net", name, NAME_SIZE - 1);

	name[n < 0 ? 0 : n] = '\0';
}

static bool files_are_right(int fd, int relay)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *d;
	int count = 0, n;

	while (dir && (d = readdir(dir))) {
		n = atoi(d->d_name);
		if (*d->d_name == '.' || n == dirfd(dir))
			continue;
		if (n > STDERR_FILENO && n != fd && n != relay)
			return false;
		count++;
	}
	if (dir)
		closedir(dir);
	return dir && count == 3 + (fd != relay) + 1;
}

/* Is the line @name of /proc/self/status @value? */
static bool status_is(const char *name, const char *value)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256], expected[256];
	bool found = false;

	snprintf(expected, sizeof(expected), "%s:\t%s\n", name, value);
	while (f && fgets(line, sizeof(line), f))
		found |= !strcmp(line, expected);
	if (f)
		fclose(f);
	return found;
}

static bool status_is_right(void)
{
	static const char none[] = "0000000000000000";

	return status_is("CapInh", none) && status_is("CapPrm", none) &&
	       status_is("CapEff", none) && status_is("CapBnd", none) &&
	       status_is("CapAmb", none) && status_is("NoNewPrivs", "1") &&
	       status_is("Seccomp", "2");
}

/* In order, as the kernel sorts them */
static bool groups_are_right(bool some)
{
	gid_t groups[USER_GROUPS];

	if (getgroups(0, NULL) != (some ? USER_GROUPS : 0))
		return false;
	if (!some)
		return true;
	if (getgroups(USER_GROUPS, groups) != USER_GROUPS)
		return false;
	for (int i = 0; i < USER_GROUPS; i++) {
		if (groups[i] != USER_GROUP(i))
			return false;
	}
	return true;
}

static bool user_is_right(uid_t uid)
{
	char expected[64];
	gid_t gid = uid == STRANGER ? SANDBOX_NO_GROUP : USER_GID;

	snprintf(expected, sizeof(expected), "%u\t%u\t%u\t%u", uid, uid, uid, uid);
	if (!status_is("Uid", expected))
		return false;
	snprintf(expected, sizeof(expected), "%u\t%u\t%u\t%u", gid, gid, gid, gid);
	if (!status_is("Gid", expected))
		return false;
	return groups_are_right(uid != STRANGER);
}

static bool environment_is_right(void)
{
	char directory[64];
	sigset_t blocked;

	return (!environ || !*environ) && getcwd(directory, sizeof(directory)) &&
	       !strcmp(directory, "/") && umask(0) == 077 && getsid(0) == getpid() &&
	       !sigprocmask(SIG_BLOCK, NULL, &blocked) && sigisemptyset(&blocked);
}

static bool network_is_right(void)
{
	static const int families[] = {
		AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_VSOCK, AF_ALG,
	};
	char name[NAME_SIZE];
	int fd, fds[2];

	read_network(name);
	if (!*name || !strcmp(name, shared->network))
		return false;
	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		fd = socket(families[i], SOCK_DGRAM, 0);
		if (fd >= 0 || errno != EAFNOSUPPORT)
			return false;
	}
	if (!socketpair(AF_TIPC, SOCK_STREAM, 0, fds) || errno != EAFNOSUPPORT)
		return false;
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	return fd >= 0 && !close(fd);
}

static bool is_forbidden(long ret)
{
	return ret < 0 && errno == EPERM;
}

/* Signals, limits and priorities of others by other ways; its own limits it may lower. */
static bool detours_are_right(void)
{
	struct f_owner_ex owner = { .type = F_OWNER_PID, .pid = getppid() };
	const struct sched_param param = { 0 };
	struct rlimit limit;
	int pid = owner.pid;

	return is_forbidden(fcntl(STDIN_FILENO, F_SETOWN, pid)) &&
	       is_forbidden(fcntl(STDIN_FILENO, F_SETOWN_EX, &owner)) &&
	       is_forbidden(fcntl(STDIN_FILENO, F_SETSIG, SIGKILL)) &&
	       is_forbidden(ioctl(STDIN_FILENO, FIOSETOWN, &pid)) &&
	       is_forbidden(syscall(SYS_fcntl, STDIN_FILENO, 1ULL << 32 | F_SETOWN, pid)) &&
	       is_forbidden(syscall(SYS_keyctl, KEYCTL_SESSION_TO_PARENT)) &&
	       is_forbidden(prctl(PR_SET_PDEATHSIG, 0)) &&
	       is_forbidden(prlimit(pid, RLIMIT_CPU, NULL, &limit)) &&
	       is_forbidden(setpriority(PRIO_PROCESS, pid, 1)) &&
	       is_forbidden(sched_setscheduler(pid, SCHED_OTHER, &param)) &&
	       fcntl(STDIN_FILENO, F_GETFD) >= 0 && !getrlimit(RLIMIT_CPU, &limit) &&
	       !setrlimit(RLIMIT_CPU, &limit);
}

static bool processes_are_right(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	return is_forbidden(pid) && is_forbidden(execl("/bin/true", "true", NULL)) &&
	       is_forbidden(ptrace(PTRACE_TRACEME, 0, NULL, NULL)) &&
	       is_forbidden(kill(getppid(), 0)) && is_forbidden(unshare(CLONE_NEWUSER)) &&
	       is_forbidden(mount("none", "/proc", "tmpfs", 0, NULL)) &&
	       is_forbidden(syscall(SYS_setns, 0, 0)) &&
	       is_forbidden(syscall(SYS_bpf, 0, NULL, 0)) &&
	       is_forbidden(syscall(SYS_io_uring_setup, 1, NULL)) && detours_are_right();
}

static bool dumps_are_right(void)
{
	int signal = 0;

	return !prctl(PR_GET_DUMPABLE) && !prctl(PR_GET_PDEATHSIG, &signal) && signal == SIGKILL;
}

static bool limit_is(int resource, rlim_t most)
{
	struct rlimit r;

	return !getrlimit(resource, &r) && r.rlim_cur <= most && r.rlim_max <= most;
}

static bool limits_are_right(void)
{
	return limit_is(RLIMIT_CORE, 0) && limit_is(RLIMIT_DATA, SANDBOX_WORKER_DATA) &&
	       limit_is(RLIMIT_FSIZE, SANDBOX_WORKER_FILE);
}

static bool access_is_right(void)
{
	int fd = open(shared->private, O_RDONLY | O_CLOEXEC);

	return getuid() ? fd < 0 && errno == EACCES : fd >= 0;
}

/* Is the secret, if there is one, nowhere in the memory that this process has for itself? */
static bool memory_is_right(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	unsigned long from, to;
	char line[512], access[8];
	bool looked = false, found = false;

	if (!*shared->secret)
		looked = true;
	while (f && *shared->secret && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%lx-%lx %7s", &from, &to, access) != 3 ||
		    strcmp(access, "rw-p"))
			continue;
		looked = true;
		/* On purpose all that is mapped, not objects */
		if (memmem((const void *)from, to - from, shared->secret, SECRET_SIZE))
			found = true;
	}
	if (f)
		fclose(f);
	return looked && !found;
}

/* Can it use what it keeps in its user's keyring, by the number, as libkrb5 does? */
static bool keyrings_are_right(void)
{
	char got[8] = "";
	long key = syscall(SYS_add_key, "user", "credssp-office-test", "ticket", 6,
			   KEY_SPEC_USER_KEYRING);
	bool right;

	if (key < 0)
		return errno == ENOSYS || errno == EPERM;
	right = syscall(SYS_keyctl, KEYCTL_READ, key, got, sizeof(got)) == 6;
	syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_USER_KEYRING);
	return right && !memcmp(got, "ticket", 6);
}

static bool session_has(const char *name)
{
	return syscall(SYS_keyctl, KEYCTL_SEARCH, KEY_SPEC_SESSION_KEYRING, "user", name, 0) > 0;
}

static unsigned int inspect_session(void)
{
	static const char own[] = "credssp-office-user-session";
	const long key = syscall(SYS_add_key, "user", own, "x", 1, KEY_SPEC_USER_SESSION_KEYRING);
	unsigned int found = 0;

	found |= session_has(SESSION_KEY) ? SESSION_LENT : 0;
	found |= session_has(own) ? SESSION_OF_USER : 0;
	syscall(SYS_keyctl, KEYCTL_UNLINK, key, KEY_SPEC_USER_SESSION_KEYRING);
	if (!is_forbidden(syscall(SYS_keyctl, KEYCTL_LINK, KEY_SPEC_SESSION_KEYRING,
				  KEY_SPEC_USER_KEYRING)) ||
	    !is_forbidden(syscall(SYS_keyctl, KEYCTL_MOVE, key, KEY_SPEC_USER_KEYRING,
				  KEY_SPEC_PROCESS_KEYRING, 0)) ||
	    !is_forbidden(syscall(SYS_keyctl, KEYCTL_SETPERM, KEY_SPEC_SESSION_KEYRING,
				  0x3f3f0000)) ||
	    !is_forbidden(syscall(SYS_keyctl, KEYCTL_CHOWN, KEY_SPEC_SESSION_KEYRING, -1, -1)))
		found |= SESSION_LOOSE;
	return found;
}

static unsigned int inspect(int fd, int relay)
{
	const uid_t uid = getuid();
	unsigned int wrong = 0;

	wrong |= files_are_right(fd, relay) ? 0 : WRONG_FILES;
	wrong |= status_is_right() ? 0 : WRONG_STATUS;
	wrong |= user_is_right(uid) ? 0 : WRONG_USER;
	wrong |= environment_is_right() ? 0 : WRONG_ENVIRONMENT;
	wrong |= network_is_right() ? 0 : WRONG_NETWORK;
	wrong |= processes_are_right() ? 0 : WRONG_PROCESSES;
	wrong |= dumps_are_right() ? 0 : WRONG_DUMPS;
	wrong |= limits_are_right() ? 0 : WRONG_LIMITS;
	wrong |= access_is_right() ? 0 : WRONG_ACCESS;
	wrong |= memory_is_right() ? 0 : WRONG_MEMORY;
	wrong |= keyrings_are_right() ? 0 : WRONG_KEYRINGS;
	return wrong;
}

/* ---- the worker ---------------------------------------------------------------- */

static bool answer(int fd, struct credssp_hlp_krb5_reply *r, const char *message)
{
	struct {
		struct credssp_hlp_krb5_reply reply;
		char message[32];
	} packet = { .reply = *r };
	size_t length = strlen(message);

	packet.reply.message_length += length;
	memcpy(packet.message, message, length);
	length += sizeof(packet.reply);
	return write(fd, &packet, length) == (ssize_t)length;
}

static bool answer_state(int fd, uint32_t state, uint32_t error, const char *message)
{
	struct credssp_hlp_krb5_reply r = { .state = state, .error = error };

	return answer(fd, &r, message);
}

/* One byte more than fits into a reply to the module, and the lengths add up. */
static bool answer_too_long(int fd)
{
	static uint8_t packet[CREDSSP_HLP_MAX_MESSAGE - sizeof(struct credssp_hlp_header) + 1];
	const struct credssp_hlp_krb5_reply r = {
		.state = CREDSSP_HLP_KRB5_CONTINUE, .message_length = sizeof(packet) - sizeof(r),
	};

	memcpy(packet, &r, sizeof(r));
	return write(fd, packet, sizeof(packet)) == sizeof(packet);
}

/* The longest reply that fits */
static bool answer_long(int fd)
{
	static uint8_t packet[CREDSSP_HLP_MAX_MESSAGE - sizeof(struct credssp_hlp_header)];
	const struct credssp_hlp_krb5_reply r = {
		.state = CREDSSP_HLP_KRB5_CONTINUE, .saved_length = sizeof(packet) - sizeof(r),
	};

	memcpy(packet, &r, sizeof(r));
	return write(fd, packet, sizeof(packet)) == sizeof(packet);
}

/* The relay has to send back what it gets. */
static bool answer_relayed(int fd, int relay)
{
	char got[16] = "";
	bool right = write(relay, "message", 7) == 7 && read(relay, got, sizeof(got)) == 7 &&
		     !memcmp(got, "message", 7);

	return answer_state(fd, CREDSSP_HLP_KRB5_FAILED, right ? 0 : EIO, "");
}

/* One step of the script; false: it ends. */
static bool act(int fd, int relay, char what)
{
	static char packet[CREDSSP_HLP_MAX_MESSAGE];
	struct credssp_hlp_krb5_reply wrong = {
		.state = CREDSSP_HLP_KRB5_CONTINUE, .client_length = UINT32_MAX,
	};

	switch (what) {
	case 'w':	/* waits at the gate */
		return !sem_wait(&shared->gate);
	case 'a':	/* an AP-REQ */
		return answer_state(fd, CREDSSP_HLP_KRB5_CONTINUE, 0, "request");
	case 'r':	/* reads the next packet */
		return read(fd, packet, sizeof(packet)) > 0;
	case 'd':	/* done */
		return answer_state(fd, CREDSSP_HLP_KRB5_DONE, 0, "");
	case 'f':	/* failed */
		return answer_state(fd, CREDSSP_HLP_KRB5_FAILED, 7, "");
	case 'x':	/* less than a reply */
		return write(fd, &wrong, sizeof(wrong) - 1) > 0;
	case 'm':	/* lengths that do not add up */
		return answer(fd, &wrong, "request");
	case 'o':	/* lengths that overflow, so that their sum is right modulo 2^32 */
		wrong.message_length = 1;
		return answer(fd, &wrong, "");
	case 'l':
		return answer_too_long(fd);
	case 'L':
		return answer_long(fd);
	case 's':	/* looks around */
		return answer_state(fd, CREDSSP_HLP_KRB5_FAILED, inspect(fd, relay), "");
	case 'k':	/* looks into its session keyring */
		return answer_state(fd, CREDSSP_HLP_KRB5_FAILED, inspect_session(), "");
	case 'n':	/* asks the relay */
		return answer_relayed(fd, relay);
	case 't':	/* tells the time limit */
		return answer_state(fd, CREDSSP_HLP_KRB5_FAILED, time_limit, "");
	case 'h':	/* hangs */
		for (;;)
			pause();
	default:
		return false;
	}
}

int test_office_work(int fd, int relay, const char *conf)
{
	static char packet[CREDSSP_HLP_MAX_MESSAGE];
	const struct credssp_hlp_krb5_init *init = (const void *)packet;
	ssize_t got = read(fd, packet, sizeof(packet));
	const char *script = packet + sizeof(*init) + init->tickets_length;

	if (got < (ssize_t)sizeof(*init) || strcmp(conf, "conf"))
		return EXIT_FAILURE;
	time_limit = init->time_limit;
	shared->office = getppid();
	shared->pid[init->bindings[0]] = getpid();
	shared->order[shared->started++ % sizeof(shared->order)] = init->bindings[0];
	for (uint32_t i = 0; i < init->target_length; i++) {
		if (!act(fd, relay, script[i]))
			return EXIT_FAILURE;
	}
	return EXIT_SUCCESS;
}

/* ---- the relay ------------------------------------------------------------------ */

static void count_reload(int signal)
{
	(void)signal;
	shared->reloads++;
}

static unsigned int relay_inspect(int fd, int kdcs)
{
	const uid_t uid = shared->relay_uid;
	char name[NAME_SIZE], expected[64];
	unsigned int wrong = 0;

	snprintf(expected, sizeof(expected), "%u\t%u\t%u\t%u", uid, uid, uid, uid);
	read_network(name);
	wrong |= files_are_right(fd, kdcs < 0 ? fd : kdcs) ? 0 : WRONG_FILES;
	wrong |= status_is_right() ? 0 : WRONG_STATUS;
	wrong |= status_is("Uid", expected) && groups_are_right(false) ? 0 : WRONG_USER;
	wrong |= environment_is_right() ? 0 : WRONG_ENVIRONMENT;
	/* It is in the network that the workers are not in. */
	wrong |= strcmp(name, shared->network) ? WRONG_NETWORK : 0;
	wrong |= dumps_are_right() ? 0 : WRONG_DUMPS;
	wrong |= is_forbidden(execl("/bin/true", "true", NULL)) ? 0 : WRONG_PROCESSES;
	return wrong;
}

/* A worker's connection; -1 after a question, which is answered; -2 otherwise */
static int relay_accept(int fd)
{
	char space[CMSG_SPACE(sizeof(int))];
	uint32_t owner;
	struct iovec iov = { .iov_base = &owner, .iov_len = sizeof(owner) };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = space, .msg_controllen = sizeof(space),
	};
	const struct cmsghdr *c;
	ssize_t length = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	int got = -2;

	c = length > 0 ? CMSG_FIRSTHDR(&message) : NULL;
	if (length == 1 && !c)
		return write(fd, "", 1) == 1 ? -1 : -2;
	if (length != sizeof(owner))
		return -2;
	if (c && c->cmsg_type == SCM_RIGHTS)
		memcpy(&got, CMSG_DATA(c), sizeof(got));
	return got;
}

static void relay_echo(struct pollfd *p)
{
	char packet[256];
	ssize_t got = read(p->fd, packet, sizeof(packet));

	if (got > 0 && write(p->fd, packet, got) == got)
		return;
	close(p->fd);
	p->fd = -1;
}

int test_office_relay(int fd, int kdcs, const char *conf)
{
	struct pollfd fds[CONNECTIONS] = { { .fd = fd, .events = POLLIN } };
	int n = 1;

	if (strcmp(conf, "conf"))
		return EXIT_FAILURE;
	signal(SIGHUP, count_reload);
	shared->relay_wrong = relay_inspect(fd, kdcs);
	shared->relay = getpid();
	for (;;) {
		if (poll(fds, n, -1) < 0)
			continue;
		for (int i = 1; i < n; i++) {
			if (fds[i].fd >= 0 && fds[i].revents)
				relay_echo(&fds[i]);
		}
		if (!fds[0].revents)
			continue;
		for (int i = 1; i < n; i++) {
			if (fds[i].fd < 0)
				fds[i] = fds[--n];
		}
		if (n == CONNECTIONS)
			return EXIT_FAILURE;
		fds[n] = (struct pollfd){ .fd = relay_accept(fd), .events = POLLIN };
		if (fds[n].fd < -1)
			return EXIT_FAILURE;
		if (fds[n].fd < 0)
			continue;
		n++;
		shared->connections++;
	}
}
