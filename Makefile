# A short wrapper around meson. `make` builds build/jingjian; `make check` is the everyday loop.
CC ?= gcc
PREFIX ?= /usr/local

all: build/build.ninja
	ninja -C build jingjian

build/build.ninja:
	meson setup build --buildtype=release -Dprefix=$(PREFIX)

build-asan/build.ninja:
	meson setup build-asan -Db_sanitize=address,undefined

# Unit tests under ASan and UBSan on both databases, corpora and lint.
check: build-asan/build.ninja
	ninja -C build-asan
	scripts/pg run meson test -C build-asan --no-rebuild --no-suite full --print-errorlogs

bench: all
	ninja -C build bench
	build/bench

# The program, its service, the service's account, the manual page. DESTDIR is honoured.
install: all
	ninja -C build etc/jingjian.1
	meson install -C build --no-rebuild
	@if [ -z "$(DESTDIR)" ] && command -v systemd-sysusers >/dev/null; then systemd-sysusers jingjian.conf; fi
	@if [ -z "$(DESTDIR)" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi

format:
	git ls-files 'src/*.[ch]' 'tools/*.[ch]' | xargs clang-format -i

clean:
	rm -rf build build-asan build-clang build-tsan

.PHONY: all check bench install format clean
