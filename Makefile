# SPDX-License-Identifier: GPL-2.0-only
# The project's targets: `make help` lists them. The module itself is built by
# Kbuild from the file of that name.

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := all

TOP	:= $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
BUILD	:= $(TOP)/build
SCRIPTS	:= $(TOP)/scripts
RUN	:= $(TOP)/selftests/guest/run.sh

# The kernel of `make` and `make install`
KREL	:= $(shell uname -r)
ifneq ($(KDIR),)
KREL	:= $(shell cat $(KDIR)/include/config/kernel.release 2>/dev/null)
endif
HEADERS	:= $(or $(KDIR),/lib/modules/$(KREL)/build)

# The kernels of `make modules`, `make guest` and the tests
KERNEL	?=
KERNELS	:= 6.1 6.12 backports debug
TIMEOUT	?= 300
# A root of scripts/roots.sh (trixie) instead of this machine's
ROOT	?=
ROOT_FLAG := $(if $(ROOT),--root $(ROOT))
FUZZ_SECONDS ?= 10
export FUZZ_SECONDS

all: user

help:
	@sed -n 's/^#: \{0,1\}//p' $(TOP)/Makefile

#: Building
#:   make                  user-space parts, and the module for the running kernel
#:                         (or KDIR=headers). Without headers for the running
#:                         kernel it prints that and builds the user-space parts only.
#:   make module           the module alone; fails without headers
#:   make modules          the module for 6.1, 6.12, backports (the newest kernel that
#:                         Debian 13's backports have) and debug, or KERNEL=one
#:   make user             credsspd, libcredssp, credsspctl in build/user; with
#:                         ROOT=trixie for Debian 13, in build/trixie/user
#:   make peers            the tests' peers in build/peers (ROOT= as well)
#:   make htmldocs         the documentation as HTML, in build/html
#:   make install          into this system (DESTDIR=, prefix=/usr/local; unitdir=,
#:                         sysusersdir=, modulesloaddir=, udevrulesdir= of systemd
#:                         and udev, by default from pkg-config; securitydir= of PAM
#:                         modules, by default libpam's)
#:   make uninstall        removes the module and the user-space parts
#:   make deb              Debian packages in build/deb/RELEASE, for this machine's release
#:                         and for Debian 13, or for the latter alone by ROOT=trixie
#:   make dist             credssp-VERSION.tar.xz of the current commit in build/dist
#:   make clean            removes build/
#:   make deps             installs every package that any target needs (apt); a target
#:                         also installs its own packages unless CREDSSP_NO_DEPS=1
#:   make kernels          fetches Debian's 6.1, 6.12 and newest, builds the debug kernel
#:                         and a root of Debian 13 (in ~/.cache/credssp, or
#:                         CREDSSP_CACHE=directory)
deps:
	@$(SCRIPTS)/deps.sh all

kernels:
	@$(SCRIPTS)/deps.sh build kernels
	@$(SCRIPTS)/kernels.sh $(or $(KERNEL),$(KERNELS))

ifeq ($(KDIR),)
# A machine that only tests in guests has no headers of its own kernel.
module-if-headers := $(if $(wildcard $(HEADERS)/Makefile),module,no-headers)
else
module-if-headers := module
endif

all: $(module-if-headers)

no-headers:
	@echo "No headers for the running kernel ($(HEADERS)): the module was not built." >&2
	@echo "Install linux-headers-$(KREL), or give KDIR=..., or: make modules KERNEL=6.1|6.12|backports|debug" >&2

module:
	@$(SCRIPTS)/deps.sh build
	@KDIR=$(HEADERS) $(SCRIPTS)/build-modules.sh local
	@echo "build/local/credssp.ko"

modules:
	@$(SCRIPTS)/deps.sh build kernels
	@$(SCRIPTS)/kernels.sh $(or $(KERNEL),$(KERNELS))
	@for k in $(or $(KERNEL),$(KERNELS)); do $(SCRIPTS)/build-modules.sh $$k || exit; done

user:
	@$(SCRIPTS)/deps.sh build
	@$(SCRIPTS)/build-user.sh $(ROOT_FLAG) userspace-helper user

peers: user
	@$(SCRIPTS)/build-user.sh $(ROOT_FLAG) selftests/peers peers

htmldocs:
	@$(SCRIPTS)/deps.sh html
	@$(SCRIPTS)/htmldocs.sh
	@echo "build/html/index.html"

install: all
	@DESTDIR="$(DESTDIR)" $(SCRIPTS)/install-module.sh "$(KREL)"
	$(MAKE) -C $(TOP)/userspace-helper O=$(BUILD)/user install

uninstall:
	@DESTDIR="$(DESTDIR)" $(SCRIPTS)/install-module.sh --remove "$(KREL)"
	$(MAKE) -C $(TOP)/userspace-helper O=$(BUILD)/user uninstall

# Packages of the machine's release need it to be one that debian/ knows.
deb:
	@$(SCRIPTS)/deps.sh build deb
ifeq ($(ROOT),)
	@$(SCRIPTS)/deb.sh
	@$(SCRIPTS)/deps.sh kernels
	@$(SCRIPTS)/deb.sh --root trixie
else
	@$(SCRIPTS)/deps.sh kernels
	@$(SCRIPTS)/deb.sh $(ROOT_FLAG)
endif

dist:
	@$(SCRIPTS)/dist.sh

clean:
	$(RM) -r $(BUILD)

#:
#: Testing (each ends with the line "N passed, N failed, N skipped")
#:   make check            everything below but bench and the demos, and of selftest-system one
#:                         boot; CHECK_SYSTEMS="bookworm trixie": of both systems
#:   make style            checkpatch, rules of style, shellcheck, codespell
#:   make layers           no file includes a header of a higher layer
#:   make sparse           6.1 and 6.12 with sparse and W=1, no warnings
#:   make builds           the module for every kernel, and the user-space parts
#:   make docs             the documentation against the code
#:   make deb-check        the packages: two equal builds, lintian
#:   make kunit            the KUnit suites in the debug guest
#:   make selftest         selftests/t/*.sh in the guests (T="names", KERNEL="names":
#:                         debug, backports, 6.1, 6.12, trixie)
#:   make selftest-system  the packages in systems with systemd, udev and DKMS
#:                         (SYSTEM=bookworm|trixie, QUICK=yes: the boots of check)
#:   make fuzz             the codecs' fuzzers, FUZZ_SECONDS=10 each
#:   make bench            what logons and messages cost, in instructions, against
#:                         selftests/bench/budget (ROWS="groups"); not part of check
#:   make demo             a CredSSP logon against FreeRDP's server, in a 6.1 guest
#:   make demo-redirectors  the samples, against FreeRDP's and Samba's servers, and mounts of
#:                         cifs.ko, in a 6.1 guest
# The systems that check boots once each: bookworm trixie, one of them, or none. The packages
# are installed, used as a service, and removed.
CHECK_SYSTEMS ?= bookworm
check:
	@QUICK=yes SYSTEM="$(CHECK_SYSTEMS)" $(SCRIPTS)/check.sh deps style+fuzz layers \
		sparse+builds docs+deb kunit+$(if $(CHECK_SYSTEMS),system+)selftest

style layers sparse builds docs kunit selftest fuzz:
	@KERNEL="$(KERNEL)" T="$(T)" $(SCRIPTS)/check.sh $@

deb-check:
	@$(SCRIPTS)/check.sh deb

# One system, or both
SYSTEM	?=
selftest-system:
	@SYSTEM="$(SYSTEM)" T="$(T)" $(SCRIPTS)/check.sh system

# Groups of rows of selftests/bench/rows.sh
ROWS	?=
bench:
	@$(SCRIPTS)/deps.sh build kernels guest bench
	@$(MAKE) modules KERNEL=6.12
	@$(MAKE) user
	@$(SCRIPTS)/build-user.sh selftests/peers peers bench
	@$(TOP)/selftests/bench/bench.sh $(ROWS)

demo:
	@$(SCRIPTS)/deps.sh build kernels guest demo
	@$(SCRIPTS)/kernels.sh 6.1
	@$(SCRIPTS)/build-modules.sh 6.1
	@$(MAKE) user
	@$(TOP)/selftests/demo.sh

demo-redirectors:
	@$(SCRIPTS)/deps.sh build kernels guest demo demo-redirectors
	@$(SCRIPTS)/kernels.sh 6.1
	@$(SCRIPTS)/build-modules.sh 6.1
	@$(MAKE) user
	@$(TOP)/selftests/demo-redirectors.sh

#:
#: Guests (see also selftests/guest/run.sh --help)
#:   make guest KERNEL=6.1|6.12|backports|debug CMD='...' [ROOT=trixie] [TIMEOUT=300]
#:                         [GUEST_FLAGS=...]
#:   make shell KERNEL=...           a shell on the guest's serial console
guest: guest-ready
	@$(RUN) --timeout $(TIMEOUT) $(ROOT_FLAG) $(GUEST_FLAGS) $(KERNEL) -- "$$GUEST_CMD"

shell: guest-ready
	@$(RUN) $(ROOT_FLAG) $(GUEST_FLAGS) --interactive $(KERNEL)

guest-ready:
	@[ -n "$(KERNEL)" ] || { echo "which KERNEL? 6.1, 6.12, backports or debug" >&2; exit 2; }
ifeq ($(findstring --no-module,$(GUEST_FLAGS)),)
	@$(MAKE) modules KERNEL=$(KERNEL)
	@$(MAKE) user
endif

# The command as it was typed: a $ in it is for the guest's shell, not for make.
export GUEST_CMD := $(value CMD)

.PHONY: all help deb dist deb-check deps kernels module no-headers modules user peers htmldocs \
	install uninstall clean check style layers sparse builds docs kunit selftest fuzz bench demo demo-redirectors \
	selftest-system \
	guest shell guest-ready
