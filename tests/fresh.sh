#!/bin/sh
# The README's commands in a bare Debian 12, as on somebody's new machine: what
# the Makefile forgets to install shows here.
#   tests/fresh.sh FOLDER   FOLDER keeps the bare system for the next run
# Takes the last commit, and the mirror that this machine's apt uses.
set -eu
folder=$1
root=$folder/root
[ "$(id -u)" = 0 ] || {
	echo "tests/fresh.sh: only root may chroot: sudo make test-fresh" >&2
	exit 1
}

release() { ! mountpoint -q "$root/proc" || umount "$root/proc"; }
trap release EXIT
trap 'exit 1' HUP INT TERM

if [ ! -f "$folder/base.tar" ]; then
	# shellcheck disable=SC2016  # apt-get reads it
	mirror=$(apt-get indextargets --format '$(SITE)' \
		'Created-By: Packages' 'Codename: bookworm' | head -n 1)
	[ -n "$mirror" ] || {
		echo "tests/fresh.sh: apt knows no mirror of Debian 12:" \
			"add one and run apt-get update" >&2
		exit 1
	}
	release
	rm -rf "$root"
	mkdir -p "$folder"
	debootstrap --variant=minbase --include=git,make,ca-certificates \
		bookworm "$root" "$mirror"
	tar -C "$root" -cf "$folder/base.tar.new" .
	mv "$folder/base.tar.new" "$folder/base.tar"
fi
release
rm -rf "$root"
mkdir -p "$root"
tar -C "$root" -xf "$folder/base.tar"
cp /etc/resolv.conf "$root/etc/"
git clone -q --no-hardlinks . "$root/lethe"
[ -z "$(git status --porcelain)" ] ||
	echo "tests/fresh.sh: what is not committed is not tested" >&2
mount -t proc proc "$root/proc"

eval "$(apt-config shell proxy Acquire::http::Proxy)"
inside() {
	chroot "$root" env -i HOME=/root LANG=C.UTF-8 \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		http_proxy="${proxy:-${http_proxy:-}}" \
		sh -c "cd /lethe && $1" </dev/null
}
inside 'make demo'
inside 'make test'
inside 'git status --porcelain' | {
	! grep . || { echo "tests/fresh.sh: left behind, see above" >&2; exit 1; }
}
