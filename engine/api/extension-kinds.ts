import type {
  IMutatingAdmissionPolicyBindingSpec,
  IMutatingAdmissionPolicySpec,
  IMutatingWebhook,
  IValidatingAdmissionPolicyBindingSpec,
  IValidatingAdmissionPolicySpec,
  IValidatingAdmissionPolicyStatus,
  IValidatingWebhook,
} from 'kubernetes-models/admissionregistration.k8s.io/v1';
import type { IAPIServiceSpec, IAPIServiceStatus } from 'kubernetes-models/apiregistration.k8s.io/v1';
import type {
  ICertificateSigningRequestSpec,
  ICertificateSigningRequestStatus,
} from 'kubernetes-models/certificates.k8s.io/v1';
import type {
  IFlowSchemaSpec,
  IFlowSchemaStatus,
  IPriorityLevelConfigurationSpec,
  IPriorityLevelConfigurationStatus,
} from 'kubernetes-models/flowcontrol.apiserver.k8s.io/v1';
import type {
  IDeviceClassSpec,
  IResourceClaimSpec,
  IResourceClaimStatus,
  IResourceClaimTemplateSpec,
  IResourceSliceSpec,
} from 'kubernetes-models/resource.k8s.io/v1';
import type { KubeObject } from './object.ts';

// Kinds that extend a cluster or guard it; see kinds.ts for what runs in it.

export interface ValidatingAdmissionPolicyBinding extends KubeObject {
  readonly spec?: IValidatingAdmissionPolicyBindingSpec;
}

export interface ValidatingAdmissionPolicy extends KubeObject {
  readonly spec?: IValidatingAdmissionPolicySpec;
  readonly status?: IValidatingAdmissionPolicyStatus;
}

export interface MutatingAdmissionPolicyBinding extends KubeObject {
  readonly spec?: IMutatingAdmissionPolicyBindingSpec;
}

export interface MutatingAdmissionPolicy extends KubeObject {
  readonly spec?: IMutatingAdmissionPolicySpec;
}

export interface CertificateSigningRequest extends KubeObject {
  readonly spec?: ICertificateSigningRequestSpec;
  readonly status?: ICertificateSigningRequestStatus;
}

export interface FlowSchema extends KubeObject {
  readonly spec?: IFlowSchemaSpec;
  readonly status?: IFlowSchemaStatus;
}

export interface PriorityLevelConfiguration extends KubeObject {
  readonly spec?: IPriorityLevelConfigurationSpec;
  readonly status?: IPriorityLevelConfigurationStatus;
}

export interface APIService extends KubeObject {
  readonly spec?: IAPIServiceSpec;
  readonly status?: IAPIServiceStatus;
}

export interface DeviceClass extends KubeObject {
  readonly spec?: IDeviceClassSpec;
}

export interface ResourceClaimTemplate extends KubeObject {
  readonly spec?: IResourceClaimTemplateSpec;
}

export interface ResourceClaim extends KubeObject {
  readonly spec?: IResourceClaimSpec;
  readonly status?: IResourceClaimStatus;
}

export interface ResourceSlice extends KubeObject {
  readonly spec?: IResourceSliceSpec;
}

export interface ValidatingWebhookConfiguration extends KubeObject {
  readonly webhooks?: IValidatingWebhook[];
}

export interface MutatingWebhookConfiguration extends KubeObject {
  readonly webhooks?: IMutatingWebhook[];
}
