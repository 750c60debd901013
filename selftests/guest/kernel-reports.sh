#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# kernel-reports.sh LOG...: prints the lines of a kernel log in which the kernel
# reports a fault of its own; exit status 0 when there are any.
#
# Only lines with the kernel's time stamp count. Not reports, though they look
# alike: a program's crash ("traps: prog[1] general protection fault ip:"), an
# injected failure ("FAULT_INJECTION: forcing a failure" with a call trace), and
# what the boot says about the (emulated) processor's flaws.

STAMP='^\[ *[0-9]+\.[0-9]+\](\[ *[TC][0-9]+\])? '
REPORT='BUG: |kernel BUG at|WARNING: |UBSAN: |KASAN: |Oops|Kernel panic'
REPORT+='|general protection fault[,:]|double fault|Unable to handle kernel'
REPORT+='|INFO: task .* blocked|INFO: (rcu|possible|suspicious|lockdep|trying)'
REPORT+='|possible (circular|recursive|irq|unsafe|deadlock)|suspicious RCU usage'
REPORT+='|inconsistent lock state|bad unlock balance|held lock freed|lock held'
REPORT+='|scheduling while atomic|sleeping function called|refcount_t: |ODEBUG: '
REPORT+='|detected stalls|self-detected stall|lockup|hung_task'
REPORT+='|Objects remaining|list_(add|del) corruption|Bad or missing usercopy'
REPORT+='|detected buffer overflow|memory exposure attempt|memory overwrite attempt'
REPORT+='|stack-protector|unregister_netdevice: waiting|ref_tracker: '
REPORT+='|page_owner|Bad page state|Bad rss-counter|leaked reference'
NOT='Spectre V2 ?:|MDS: |TAA: |watchdog: Delayed init|lockup_detector|NMI watchdog: (Enabled|Perf)'

grep -haE "$STAMP.*($REPORT)" "$@" | grep -avE "$NOT"
