// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs a fuzzer's checks on the named files: each file as it is, cut short at every
 * length, and with every single bit flipped. Each input has memory of exactly its
 * size, so that the sanitizers see a read past its end.
 */
#include "fuzz.h"

/* Every bit of a file is flipped, so a larger seed would take too long. */
#define SEED_MAX	65536

static void try(const u8 *bytes, size_t size, long flip)
{
	u8 *copy = malloc(size ? size : 1);

	HOLDS(copy);
	memcpy(copy, bytes, size);
	if (flip >= 0)
		copy[flip / 8] ^= 1 << flip % 8;
	/* At the end of the memory, for an empty input too */
	LLVMFuzzerTestOneInput(size ? copy : copy + 1, size);
	free(copy);
}

static size_t slurp(const char *name, u8 *bytes)
{
	FILE *f = fopen(name, "rb");
	size_t size;

	if (!f) {
		perror(name);
		exit(2);
	}
	size = fread(bytes, 1, SEED_MAX, f);
	HOLDS(feof(f) || size == SEED_MAX);
	fclose(f);
	return size;
}

int main(int argc, char **argv)
{
	static u8 bytes[SEED_MAX];
	unsigned long inputs = 0;
	size_t size, n;
	int i;

	for (i = 1; i < argc; i++) {
		size = slurp(argv[i], bytes);
		for (n = 0; n <= size; n++, inputs++)
			try(bytes, n, -1);
		for (n = 0; n < 8 * size; n++, inputs++)
			try(bytes, size, n);
	}
	printf("%s: %lu inputs\n", argv[0], inputs);
	return inputs ? 0 : 1;
}
