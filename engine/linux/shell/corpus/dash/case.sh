t() { case $1 in a) echo A;; b|c) echo BC;; [0-9]*) echo number;; *.txt) echo text;; "*") echo star;; ?) echo one;; '') echo empty;; *) echo other;; esac; }
for x in a b c 7up file.txt '*' z '' longer; do t "$x"; done
case x in (x) echo paren;; esac
case abc in a*c) echo m;; esac
p='a*'; case abc in $p) echo var-pattern;; esac
case abc in "$p") echo no;; *) echo quoted;; esac
case 'a]' in *]) echo bracket;; esac
case - in [!a-z]) echo neg;; esac
case b in [[:alpha:]]) echo class;; esac
case none in x) ;; esac; echo $?
