/* SPDX-License-Identifier: GPL-2.0-only */
/* The configuration of a process that has no DNS, and whose messages a relay carries. */
#ifndef CREDSSPD_KRB5_PROFILE_H
#define CREDSSPD_KRB5_PROFILE_H

#include <profile.h>

/*
 * The section and relation of a configuration that have the KDC which a realm has if the
 * configuration has none for it.
 */
#define KRB5_PROFILE_SECTION	"credsspd"
#define KRB5_PROFILE_KDC	"unknown_kdc"

/**
 * krb5_profile_wrap() - give every realm a KDC
 * @files: the configuration, which this takes over; it is for the life of the process
 * @profile: out: the same with a KDC for each realm that has none
 *
 * libkrb5 looks for a KDC, also in the DNS, before it calls the hook that has the message
 * carried; without one it does not call the hook.
 *
 * Return: 0 or an error of libprofile.
 */
long krb5_profile_wrap(profile_t files, profile_t *profile);

#endif
