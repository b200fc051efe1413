cd /tmp; pwd; cd ..; pwd; cd /usr/bin/../bin 2>/dev/null; cd /; cd tmp; pwd; cd -; cd -; 
d=/tmp/corpus-u.$$; mkdir $d; cd $d; umask 077; touch f; stat -c %a f; umask 022; touch g; stat -c %a g; mkdir -p a/b; cd a/b; cd ../..; [ $PWD = $d ] && echo back
ln -s a l; cd l; [ $PWD = $d/l ] && echo logical; cd ..; [ $PWD = $d ] && echo up; HOME=$d; cd; [ $PWD = $d ] && echo home
cd /; rm -r $d; echo ~ | grep -q corpus-u && echo tilde; x=~/y; [ "$x" = $d/y ] && echo assigned; p=a:~/b; [ $p = a:$d/b ] && echo colon; echo "~" '~' a~
