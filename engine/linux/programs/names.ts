// The programs by name and place, without the programs.

/** In both a busybox image and a Debian-like one, by directory. */
const EVERYWHERE: Readonly<Record<string, string>> = {
  '/bin':
    'base64 cat chgrp chmod chown cp date dd df echo false grep hostname kill ln ls mkdir mkfifo mknod more mount mv netstat ' +
    'printenv ps pwd rm rmdir sed sha1sum sleep stat su sync tar true umount uname ' +
    'dmesg egrep fgrep fallocate ping gunzip gzip mktemp nice pidof zcat',
  '/sbin': 'arp blockdev ifconfig ip losetup lsmod modprobe route sysctl',
  '/usr/bin':
    '[ awk basename clear cut dirname du env find free head id killall less md5sum nc nohup nproc nsenter pgrep pkill printf ' +
    'readlink realpath reset rev seq sha256sum sort stty tail tee test timeout top touch tr tty uniq unlink uptime vi watch wc ' +
    'wget which whoami xargs yes cal cksum cmp comm diff expand expr fold getent groups hd hexdump install logname lsof nl nslookup od ' +
    'paste factor sha512sum renice setsid shuf split strings tac time traceroute truncate unexpand unshare w who xxd ' +
    'bc fuser patch last logger pstree telnet',
  '/usr/sbin': 'chroot',
};

/** What busybox has not. */
const DEBIAN_ONLY: Readonly<Record<string, string>> = {
  '/usr/bin': 'column curl dig host jq file findmnt fmt join lsblk lscpu lsns nano openssl ss strace uuidgen vmstat',
};

/** What speaks to the packet filter; machines have it, and images that configure machines. */
const PACKET_FILTER: Readonly<Record<string, string>> = {
  '/usr/sbin': 'conntrack ipset iptables iptables-restore iptables-save ipvsadm nft',
};

/** What drives a machine's systemd, and what administrators install; no image has it. */
const SYSTEM_MANAGER: Readonly<Record<string, string>> = {
  '/bin': 'journalctl systemctl',
  '/usr/bin': 'hostnamectl scp ssh ssh-copy-id ssh-keygen ssh-keyscan sudo tcpdump timedatectl tree vim',
  '/usr/lib/openssh': 'sshd-session',
  '/usr/sbin': 'aa-complain aa-enforce aa-status apparmor_status sshd',
  '/sbin': 'apparmor_parser halt poweroff reboot shutdown',
};

/** Servers and others that only images of their own have. */
export const SPECIAL_PROGRAMS = [
  'agnhost',
  'autoscale-demo',
  'bootcamp-1',
  'bootcamp-2',
  'echoserver',
  'goproxy',
  'guestbook-frontend',
  'hello-app-1',
  'hello-app-2',
  'hello-backend',
  'hpa-example',
  'http-echo',
  'httpd',
  'mysql',
  'mysql-entrypoint',
  'mysqladmin',
  'mysqld',
  'ncat',
  'nfsd',
  'nginx',
  'old-nslookup',
  'perl',
  'proportional-autoscaler',
  'redis-cli',
  'redis-server',
  'stress',
  'vish-stress',
  'whoami-server',
  'wordpress',
  'wordpress-entrypoint',
  'xbstream',
  'xtrabackup',
  'zookeeper-java',
] as const;

function listed(places: Readonly<Record<string, string>>): (readonly [name: string, directory: string])[] {
  return Object.entries(places).flatMap(([directory, names]) =>
    names.split(' ').map((name) => [name, directory] as const),
  );
}

export const BUSYBOX_PROGRAMS = listed(EVERYWHERE);

export const DEBIAN_PROGRAMS = [...BUSYBOX_PROGRAMS, ...listed(DEBIAN_ONLY)];

export const SYSTEM_MANAGER_PROGRAMS = listed(SYSTEM_MANAGER);

export const PACKET_FILTER_PROGRAMS = listed(PACKET_FILTER);
