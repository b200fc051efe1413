ssh control-plane <<'END'
cd /etc/kubernetes/pki
openssl req -x509 -key apiserver.key -subj /CN=kube-apiserver -days 365 -addext "subjectAltName=DNS:control-plane,IP:10.0.0.10" -out apiserver.crt
crictl stop $(crictl ps -q --name kube-apiserver)
END
sleep 30
