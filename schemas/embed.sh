#!/bin/sh
# Print a C table of the files named: what the program carries inside itself.
set -eu
echo '#include "schemas/embedded.h"'
i=0
for f; do
	echo "static const unsigned char file_${i}[] = {"
	od -An -v -tx1 "$f" | sed 's/ \(..\)/0x\1,/g'
	echo '0};'
	i=$((i + 1))
done
echo 'const struct embedded embedded[] = {'
i=0
for f; do
	echo "	{ \"$f\", file_$i, sizeof(file_$i) - 1 },"
	i=$((i + 1))
done
echo '	{ 0, 0, 0 },'
echo '};'
