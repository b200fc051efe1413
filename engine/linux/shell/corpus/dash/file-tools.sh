d=/tmp/corpus-t.$$; mkdir -p $d/a/b; cd $d
echo 1 > f; cp f g; mv g h; ls; cat h
ln -s f l; readlink l; [ -L l ] && echo link
cp -r a c; ls -d c/b; rmdir c/b; ls c
chmod 640 f; stat -c '%a %s' f; chmod u+x,g-r f; stat -c %a f
touch -d '2026-01-02 03:04:05' f; stat -c %Y f
find . -type f | sort; find . -name 'f*'; find . -type d | sort; find . -maxdepth 1 -type l
rm f h l; ls -A; rm -r a c; cd /; rmdir $d; [ -d $d ] || echo gone
rm /nonexistent 2>/dev/null; echo $?; rm -f /nonexistent; echo $?
