/* SPDX-License-Identifier: GPL-2.0-only */
/* A KDC of MIT with the realm TEST.EXAMPLE, in a directory of its own. */
#ifndef CREDSSPD_TEST_KDC_H
#define CREDSSPD_TEST_KDC_H

#define TEST_KDC_REALM	"TEST.EXAMPLE"

/* Create the realm and start its KDC. Call it once; the KDC ends with the process. */
void test_kdc_start(void);
/* Kill it, and start it again. */
void test_kdc_stop(void);
void test_kdc_go_on(void);
/* Remove the directory. */
void test_kdc_end(void);

/* The path of @file in the directory; it stays valid. */
const char *test_kdc_path(const char *file);
/* The path of its krb5.conf */
const char *test_kdc_conf(void);

/* Run a query of kadmin.local, or a shell's command in the environment of the realm. */
__attribute__((format(printf, 1, 2)))
void test_kdc_admin(const char *format, ...);
__attribute__((format(printf, 1, 2)))
void test_kdc_shell(const char *format, ...);

#endif
