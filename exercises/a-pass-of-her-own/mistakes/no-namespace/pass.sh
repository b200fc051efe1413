openssl genrsa -out ana.key 2048
openssl req -new -key ana.key -subj "/O=tally/CN=ana" -out ana.csr
kubectl apply -f - <<END
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata:
  name: ana
spec:
  request: $(base64 -w0 ana.csr)
  signerName: kubernetes.io/kube-apiserver-client
  expirationSeconds: 86400
  usages: [client auth]
END
kubectl certificate approve ana
sleep 2
kubectl get csr ana -o jsonpath='{.status.certificate}' | base64 -d > ana.crt
kubectl config set-credentials ana --client-certificate=ana.crt --client-key=ana.key --embed-certs
kubectl config set-context ana --cluster=kubernetes --user=ana
kubectl apply -f - <<END
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: counter, namespace: pier}
rules:
- {apiGroups: [""], resources: [pods], verbs: [get, list, watch]}
- {apiGroups: [""], resources: [pods/log], verbs: [get]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: counter, namespace: pier}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: counter}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: ana}
END
