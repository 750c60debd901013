// SPDX-License-Identifier: LGPL-2.1-or-later
/* The one open device of the process. */
#include <pthread.h>

#include "sspi.h"

/* Protects @device and @fixed. */
static pthread_mutex_t device_lock = PTHREAD_MUTEX_INITIALIZER;
static struct credssp *device;
static int fixed;

/*
 * It stays open: contexts and credentials belong to it. A call that does not find the module is
 * followed by others that may.
 */
struct credssp *sspi_device(void)
{
	struct credssp *lib;

	pthread_mutex_lock(&device_lock);
	if (!device && !fixed)
		device = credssp_open();
	lib = device;
	pthread_mutex_unlock(&device_lock);
	return lib;
}

void sspi_device_set(struct credssp *lib)
{
	pthread_mutex_lock(&device_lock);
	device = lib;
	fixed = 1;
	pthread_mutex_unlock(&device_lock);
}
