// SPDX-License-Identifier: LGPL-2.1-or-later
/* The open device, and the code that all calls share. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "private.h"

static int device_ioctl(const struct credssp *lib, unsigned long cmd, void *arg)
{
	return ioctl(lib->fd, cmd, arg);
}

struct credssp *credssp_open(void)
{
	struct credssp *lib = malloc(sizeof(*lib));

	if (!lib)
		return NULL;
	lib->ioctl = device_ioctl;
	lib->fd = open(CREDSSP_DEVICE, O_RDWR | O_CLOEXEC);
	if (lib->fd < 0) {
		int err = errno;

		free(lib);
		errno = err;
		return NULL;
	}
	return lib;
}

void credssp_close(struct credssp *lib)
{
	if (!lib)
		return;
	if (lib->fd >= 0)
		close(lib->fd);
	free(lib);
}

int credssp_info(struct credssp *lib, struct credssp_ioc_info *info)
{
	if (!lib || !info) {
		errno = EINVAL;
		return -1;
	}
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	return lib->ioctl(lib, CREDSSP_IOC_INFO, info);
}

/* <linux/credssp.h> lists the errors of the ioctls. */
static int32_t errno_status(int err)
{
	switch (err) {
	case ENOMEM:
		return SEC_E_INSUFFICIENT_MEMORY;
	case EFAULT:
	case EINVAL:
		return SEC_E_INVALID_PARAMETER;
	case E2BIG:
	case ENOTTY:
		return SEC_E_UNSUPPORTED_FUNCTION;
	case EBADF:
		return SEC_E_INVALID_HANDLE;
	default:
		return SEC_E_INTERNAL_ERROR;
	}
}

int32_t cssp_call(const struct credssp *lib, unsigned long cmd, void *arg,
		  const int32_t *status)
{
	if (!lib)
		return SEC_E_INVALID_HANDLE;
	if (lib->ioctl(lib, cmd, arg))
		return errno_status(errno);
	return *status;
}

struct credssp_buffer *cssp_find_buffer(const struct credssp_buffer_desc *desc,
					uint32_t type)
{
	uint32_t i;

	for (i = 0; desc && i < desc->count; i++)
		if ((desc->buffers[i].type & ~SECBUFFER_ATTRMASK) == type)
			return &desc->buffers[i];
	return NULL;
}

int32_t cssp_check_desc(const struct credssp_buffer_desc *desc)
{
	if (!desc)
		return SEC_E_OK;
	if (desc->version != SECBUFFER_VERSION ||
	    desc->count > CREDSSP_MAX_BUFFERS || (desc->count && !desc->buffers))
		return SEC_E_INVALID_PARAMETER;
	return SEC_E_OK;
}
