mkdir -p src/sub; echo hello > src/a.txt; echo world > src/sub/b.txt; ln -s a.txt src/link; chmod 640 src/a.txt; ln src/a.txt src/hard
touch -d '2024-01-15 10:30:00' src/a.txt src/sub/b.txt src/sub src
tar cf all.tar src; echo $?; tar tf all.tar | sort; tar -tvf all.tar src/sub/b.txt
mkdir out; tar xf all.tar -C out; find out | sort; cat out/src/a.txt; readlink out/src/link; stat -c '%a %h' out/src/a.txt; stat -c %Y out/src/sub/b.txt
tar czf all.tgz -C src a.txt sub; tar tzf all.tgz; mkdir o2; tar -xzvf all.tgz -C o2; cat o2/sub/b.txt
tar xf all.tar -O src/sub/b.txt; tar cf - src/sub | tar tf -; tar cvf v.tar src/a.txt; mkdir o3; tar xf all.tar -C o3 --strip-components=1; ls o3
tar cf ex.tar --exclude='*.txt' src; tar tf ex.tar | sort; tar tf all.tar nothere 2>/dev/null; echo $?; tar xf missing.tar 2>/dev/null; echo $?
echo junk > junk.tar; tar tf junk.tar 2>/dev/null; echo $?; tar cf x.tar nothere 2>/dev/null; echo $?
tar cf abs.tar "$PWD/src/a.txt" 2>/dev/null; tar tf abs.tar | grep -c '^/'
long=$(printf 'd%.0s' $(seq 60)); mkdir -p "$long/$long"; echo deep > "$long/$long/file"; tar cf long.tar "$long"; rm -r "$long"; tar xf long.tar; cat "$long/$long/file"
printf 'some text some text some text\n' > t; gzip t; ls t*; zcat t.gz; gunzip t.gz; ls t*; gzip -k t; ls t*; gzip -c t | gunzip -c; gzip < t | gzip -dc
gzip t 2>/dev/null; echo $?; gunzip nothere.gz 2>/dev/null; echo $?; echo plain | gunzip 2>/dev/null; echo $?; head -c 10 t.gz | gunzip 2>/dev/null; echo $?; gzip -t t.gz; echo $?
