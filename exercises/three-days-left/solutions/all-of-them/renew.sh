ssh control-plane <<'END'
kubeadm certs renew all
mkdir /root/manifests
mv /etc/kubernetes/manifests/*.yaml /root/manifests
sleep 30
mv /root/manifests/*.yaml /etc/kubernetes/manifests
END
sleep 60
