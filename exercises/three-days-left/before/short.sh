# The certificate of the API server as somebody made it in a hurry: everything is right but its time.
cd /etc/kubernetes/pki
names=$(openssl x509 -in apiserver.crt -noout -ext subjectAltName | tail -1 | sed 's/IP Address/IP/g; s/ //g')
echo "subjectAltName=$names" > /root/names
openssl req -new -key apiserver.key -subj /CN=kube-apiserver -out /root/apiserver.csr
openssl x509 -req -in /root/apiserver.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 3 -extfile /root/names -out apiserver.crt
rm /root/names /root/apiserver.csr
crictl stop $(crictl ps -q --name kube-apiserver)
