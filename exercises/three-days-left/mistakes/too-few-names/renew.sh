ssh control-plane <<'END'
cd /etc/kubernetes/pki
openssl req -new -key apiserver.key -subj /CN=kube-apiserver -out /root/a.csr
echo "subjectAltName=DNS:control-plane,IP:10.0.0.10" > /root/names
openssl x509 -req -in /root/a.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 365 -extfile /root/names -out apiserver.crt
crictl stop $(crictl ps -q --name kube-apiserver)
END
sleep 30
