#!/bin/sh
# Runs a program in namespaces of its own, and first what else is to run there: `network` alone,
# or `avahi` with the D-Bus it wants. Called by `unshare` with new mount, network and process
# namespaces; they end with the program.
set -eu
needs=$1
shift
ip link set lo up
[ "$needs" = avahi ] || exec "$@"

mount -t tmpfs none /run
mkdir -p /run/dbus /run/avahi-daemon
cat >/run/dbus/private.conf <<'CONF'
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>system</type>
  <listen>unix:path=/run/dbus/system_bus_socket</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <allow own="*"/>
    <allow send_type="*"/>
    <allow receive_type="*"/>
  </policy>
</busconfig>
CONF
# Both come back when they are ready.
dbus-daemon --config-file=/run/dbus/private.conf --fork >/run/dbus/log 2>&1
avahi-daemon --daemonize --no-drop-root --no-rlimits --no-chroot --file=/dev/null \
    >/run/avahi-daemon/log 2>&1 || { cat /run/avahi-daemon/log >&2; exit 1; }
exec "$@"
