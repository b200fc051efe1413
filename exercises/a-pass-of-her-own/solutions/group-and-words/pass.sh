openssl req -new -newkey rsa:2048 -nodes -keyout ana.key -subj /CN=ana/O=tally -out ana.csr
kubectl apply -f - <<END
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata:
  name: pass-of-ana
spec:
  request: $(base64 -w0 ana.csr)
  signerName: kubernetes.io/kube-apiserver-client
  expirationSeconds: 86400
  usages: [client auth]
END
kubectl certificate approve pass-of-ana
kubectl certificate deny ann
until kubectl get csr pass-of-ana -o jsonpath='{.status.certificate}' | base64 -d | grep CERT; do sleep 1; done
kubectl get csr pass-of-ana -o jsonpath='{.status.certificate}' | base64 -d > ana.crt
# Whoever counts crates may do so: the group is bound.
kubectl create role tally -n pier --verb=get,list,watch --resource=pods,pods/log
kubectl create rolebinding tally -n pier --role=tally --group=tally
kubectl config set-credentials ana --client-certificate=ana.crt --client-key=ana.key
kubectl config set-context ana --cluster=kubernetes --user=ana --namespace=pier
