/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the files of sspi_test. */
#ifndef LIBCREDSSP_SSPI_TEST_H
#define LIBCREDSSP_SSPI_TEST_H

#include "fake_device.h"
#include "slots.h"
#include "sspi.h"
#include "test.h"

extern const struct sspi_table *tables[2];

/* A credential of the package @name, which must be there. */
struct sspi_handle cred_of(const char *name, uint32_t use);

void test_exchanges(void);

#endif
