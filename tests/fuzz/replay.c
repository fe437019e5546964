/* The committed corpus through one fuzz target, without libFuzzer: every build
 * runs what fuzzing has found.  Arguments: the files; nothing comes first. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* The bytes of ${path} in memory of just that size, so that a byte too far
 * shows. */
static uint8_t *slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = NULL;
	long size;

	if (f == NULL)
		return NULL;
	if (fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) >= 0 &&
	    fseek(f, 0, SEEK_SET) == 0 &&
	    (data = malloc(size ? (size_t)size : 1)) != NULL) {
		*len = (size_t)size;
		if (fread(data, 1, *len, f) != *len) {
			free(data);
			data = NULL;
		}
	}
	(void)fclose(f);
	return data;
}

int main(int argc, char **argv)
{
	(void)LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++) {
		size_t len = 0;
		uint8_t *data = slurp(argv[i], &len);

		if (data == NULL) {
			perror(argv[i]);
			return 1;
		}
		(void)printf("%s\n", argv[i]); /* the last one is to blame */
		(void)fflush(stdout);
		(void)LLVMFuzzerTestOneInput(data, len);
		free(data);
	}
	return 0;
}
