// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "log.h"
#include "notify.h"

int notify_open(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t length = path ? strlen(path) : 0;
	int fd;

	if (!length || length >= sizeof(addr.sun_path))
		return -1;
	memcpy(addr.sun_path, path, length);
	if (addr.sun_path[0] == '@')	/* the abstract name space */
		addr.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&addr,
		    offsetof(struct sockaddr_un, sun_path) + length)) {
		log_warning("NOTIFY_SOCKET: %s", strerror(errno));
		close(fd);
		return -1;
	}
	return fd;
}

void notify_send(int fd, const char *text)
{
	if (fd >= 0 && write(fd, text, strlen(text)) < 0)
		log_warning("NOTIFY_SOCKET: %s", strerror(errno));
}
