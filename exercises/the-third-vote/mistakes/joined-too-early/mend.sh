join=$(ssh control-plane 'kubeadm token create --print-join-command --certificate-key $(kubeadm init phase upload-certs --upload-certs | tail -n 1)')
ssh control-plane-3 "$join"
