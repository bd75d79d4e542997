// Kubernetes 1.36: its OpenAPI schemas (Apache-2.0) as types, by kubernetes-models 5.1.0 and @kubernetes-models/apimachinery 3.0.2 (MIT). Made by test/lab/kube-schema.mjs.

export interface Manifests {
  'v1/Namespace': IIoK8sApiCoreV1Namespace;
  'v1/Service': IIoK8sApiCoreV1Service;
  'v1/ConfigMap': IIoK8sApiCoreV1ConfigMap;
  'apps/v1/StatefulSet': IIoK8sApiAppsV1StatefulSet;
  'apps/v1/Deployment': IIoK8sApiAppsV1Deployment;
  'policy/v1/PodDisruptionBudget': IIoK8sApiPolicyV1PodDisruptionBudget;
  'networking.k8s.io/v1/NetworkPolicy': IIoK8sApiNetworkingV1NetworkPolicy;
  'autoscaling/v2/HorizontalPodAutoscaler': IIoK8sApiAutoscalingV2HorizontalPodAutoscaler;
}

export interface IIoK8sApiCoreV1Namespace {
  apiVersion: 'v1';
  kind: 'Namespace';
  metadata?: IIoK8sApimachineryPkgApisMetaV1ObjectMeta;
  spec?: IIoK8sApiCoreV1NamespaceSpec;
}

export interface IIoK8sApimachineryPkgApisMetaV1ObjectMeta {
  annotations?: {
    [key: string]: string;
  };
  creationTimestamp?: IIoK8sApimachineryPkgApisMetaV1Time;
  deletionGracePeriodSeconds?: number;
  deletionTimestamp?: IIoK8sApimachineryPkgApisMetaV1Time;
  finalizers?: Array<string>;
  generateName?: string;
  generation?: number;
  labels?: {
    [key: string]: string;
  };
  managedFields?: Array<IIoK8sApimachineryPkgApisMetaV1ManagedFieldsEntry>;
  name?: string;
  namespace?: string;
  ownerReferences?: Array<IIoK8sApimachineryPkgApisMetaV1OwnerReference>;
  resourceVersion?: string;
  selfLink?: string;
  uid?: string;
}

export type IIoK8sApimachineryPkgApisMetaV1Time = string;

export interface IIoK8sApimachineryPkgApisMetaV1ManagedFieldsEntry {
  apiVersion?: string;
  fieldsType?: string;
  fieldsV1?: IIoK8sApimachineryPkgApisMetaV1FieldsV1;
  manager?: string;
  operation?: string;
  subresource?: string;
  time?: IIoK8sApimachineryPkgApisMetaV1Time;
}

export type IIoK8sApimachineryPkgApisMetaV1FieldsV1 = object;

export interface IIoK8sApimachineryPkgApisMetaV1OwnerReference {
  apiVersion: string;
  blockOwnerDeletion?: boolean;
  controller?: boolean;
  kind: string;
  name: string;
  uid: string;
}

export interface IIoK8sApiCoreV1NamespaceSpec {
  finalizers?: Array<string>;
}

export interface IIoK8sApiCoreV1Service {
  apiVersion: 'v1';
  kind: 'Service';
  metadata?: IIoK8sApimachineryPkgApisMetaV1ObjectMeta;
  spec?: IIoK8sApiCoreV1ServiceSpec;
}

export interface IIoK8sApiCoreV1ServiceSpec {
  allocateLoadBalancerNodePorts?: boolean;
  clusterIP?: string;
  clusterIPs?: Array<string>;
  externalIPs?: Array<string>;
  externalName?: string;
  externalTrafficPolicy?: 'Cluster' | 'Local';
  healthCheckNodePort?: number;
  internalTrafficPolicy?: 'Cluster' | 'Local';
  ipFamilies?: Array<'' | 'IPv4' | 'IPv6'>;
  ipFamilyPolicy?: 'PreferDualStack' | 'RequireDualStack' | 'SingleStack';
  loadBalancerClass?: string;
  loadBalancerIP?: string;
  loadBalancerSourceRanges?: Array<string>;
  ports?: Array<IIoK8sApiCoreV1ServicePort>;
  publishNotReadyAddresses?: boolean;
  selector?: {
    [key: string]: string;
  };
  sessionAffinity?: 'ClientIP' | 'None';
  sessionAffinityConfig?: IIoK8sApiCoreV1SessionAffinityConfig;
  trafficDistribution?: string;
  type?: 'ClusterIP' | 'ExternalName' | 'LoadBalancer' | 'NodePort';
}

export interface IIoK8sApiCoreV1ServicePort {
  appProtocol?: string;
  name?: string;
  nodePort?: number;
  port: number;
  protocol?: 'SCTP' | 'TCP' | 'UDP';
  targetPort?: IIoK8sApimachineryPkgUtilIntstrIntOrString;
}

export type IIoK8sApimachineryPkgUtilIntstrIntOrString = string | number;

export interface IIoK8sApiCoreV1SessionAffinityConfig {
  clientIP?: IIoK8sApiCoreV1ClientIPConfig;
}

export interface IIoK8sApiCoreV1ClientIPConfig {
  timeoutSeconds?: number;
}

export interface IIoK8sApiCoreV1ConfigMap {
  apiVersion: 'v1';
  binaryData?: {
    [key: string]: string;
  };
  data?: {
    [key: string]: string;
  };
  immutable?: boolean;
  kind: 'ConfigMap';
  metadata?: IIoK8sApimachineryPkgApisMetaV1ObjectMeta;
}

export interface IIoK8sApiAppsV1StatefulSet {
  apiVersion: 'apps/v1';
  kind: 'StatefulSet';
  metadata?: IIoK8sApimachineryPkgApisMetaV1ObjectMeta;
  spec?: IIoK8sApiAppsV1StatefulSetSpec;
}

export interface IIoK8sApiAppsV1StatefulSetSpec {
  minReadySeconds?: number;
  ordinals?: IIoK8sApiAppsV1StatefulSetOrdinals;
  persistentVolumeClaimRetentionPolicy?: IIoK8sApiAppsV1StatefulSetPersistentVolumeClaimRetentionPolicy;
  podManagementPolicy?: 'OrderedReady' | 'Parallel';
  replicas?: number;
  revisionHistoryLimit?: number;
  selector: IIoK8sApimachineryPkgApisMetaV1LabelSelector;
  serviceName?: string;
  template: IIoK8sApiCoreV1PodTemplateSpec;
  updateStrategy?: IIoK8sApiAppsV1StatefulSetUpdateStrategy;
  volumeClaimTemplates?: Array<{
    apiVersion?: string;
    kind?: string;
    metadata?: IIoK8sApimachineryPkgApisMetaV1ObjectMeta;
    spec?: IIoK8sApiCoreV1PersistentVolumeClaimSpec;
    status?: IIoK8sApiCoreV1PersistentVolumeClaimStatus;
  }>;
}

export interface IIoK8sApiAppsV1StatefulSetOrdinals {
  start?: number;
}

export interface IIoK8sApiAppsV1StatefulSetPersistentVolumeClaimRetentionPolicy {
  whenDeleted?: string;
  whenScaled?: string;
}

export interface IIoK8sApimachineryPkgApisMetaV1LabelSelector {
  matchExpressions?: Array<IIoK8sApimachineryPkgApisMetaV1LabelSelectorRequirement>;
  matchLabels?: {
    [key: string]: string;
  };
}

export interface IIoK8sApimachineryPkgApisMetaV1LabelSelectorRequirement {
  key: string;
  operator: string;
  values?: Array<string>;
}

export interface IIoK8sApiCoreV1PodTemplateSpec {
  metadata?: IIoK8sApimachineryPkgApisMetaV1ObjectMeta;
  spec?: IIoK8sApiCoreV1PodSpec;
}

export interface IIoK8sApiCoreV1PodSpec {
  activeDeadlineSeconds?: number;
  affinity?: IIoK8sApiCoreV1Affinity;
  automountServiceAccountToken?: boolean;
  containers: Array<IIoK8sApiCoreV1Container>;
  dnsConfig?: IIoK8sApiCoreV1PodDNSConfig;
  dnsPolicy?: 'ClusterFirst' | 'ClusterFirstWithHostNet' | 'Default' | 'None';
  enableServiceLinks?: boolean;
  ephemeralContainers?: Array<IIoK8sApiCoreV1EphemeralContainer>;
  hostAliases?: Array<IIoK8sApiCoreV1HostAlias>;
  hostIPC?: boolean;
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostUsers?: boolean;
  hostname?: string;
  hostnameOverride?: string;
  imagePullSecrets?: Array<IIoK8sApiCoreV1LocalObjectReference>;
  initContainers?: Array<IIoK8sApiCoreV1Container>;
  nodeName?: string;
  nodeSelector?: {
    [key: string]: string;
  };
  os?: IIoK8sApiCoreV1PodOS;
  overhead?: {
    [key: string]: IIoK8sApimachineryPkgApiResourceQuantity;
  };
  preemptionPolicy?: 'Never' | 'PreemptLowerPriority';
  priority?: number;
  priorityClassName?: string;
  readinessGates?: Array<IIoK8sApiCoreV1PodReadinessGate>;
  resourceClaims?: Array<IIoK8sApiCoreV1PodResourceClaim>;
  resources?: IIoK8sApiCoreV1ResourceRequirements;
  restartPolicy?: 'Always' | 'Never' | 'OnFailure';
  runtimeClassName?: string;
  schedulerName?: string;
  schedulingGates?: Array<IIoK8sApiCoreV1PodSchedulingGate>;
  schedulingGroup?: IIoK8sApiCoreV1PodSchedulingGroup;
  securityContext?: IIoK8sApiCoreV1PodSecurityContext;
  serviceAccount?: string;
  serviceAccountName?: string;
  setHostnameAsFQDN?: boolean;
  shareProcessNamespace?: boolean;
  subdomain?: string;
  terminationGracePeriodSeconds?: number;
  tolerations?: Array<IIoK8sApiCoreV1Toleration>;
  topologySpreadConstraints?: Array<IIoK8sApiCoreV1TopologySpreadConstraint>;
  volumes?: Array<IIoK8sApiCoreV1Volume>;
}

export interface IIoK8sApiCoreV1Affinity {
  nodeAffinity?: IIoK8sApiCoreV1NodeAffinity;
  podAffinity?: IIoK8sApiCoreV1PodAffinity;
  podAntiAffinity?: IIoK8sApiCoreV1PodAntiAffinity;
}

export interface IIoK8sApiCoreV1NodeAffinity {
  preferredDuringSchedulingIgnoredDuringExecution?: Array<IIoK8sApiCoreV1PreferredSchedulingTerm>;
  requiredDuringSchedulingIgnoredDuringExecution?: IIoK8sApiCoreV1NodeSelector;
}

export interface IIoK8sApiCoreV1PreferredSchedulingTerm {
  preference: IIoK8sApiCoreV1NodeSelectorTerm;
  weight: number;
}

export interface IIoK8sApiCoreV1NodeSelectorTerm {
  matchExpressions?: Array<IIoK8sApiCoreV1NodeSelectorRequirement>;
  matchFields?: Array<IIoK8sApiCoreV1NodeSelectorRequirement>;
}

export interface IIoK8sApiCoreV1NodeSelectorRequirement {
  key: string;
  operator: 'DoesNotExist' | 'Exists' | 'Gt' | 'In' | 'Lt' | 'NotIn';
  values?: Array<string>;
}

export interface IIoK8sApiCoreV1NodeSelector {
  nodeSelectorTerms: Array<IIoK8sApiCoreV1NodeSelectorTerm>;
}

export interface IIoK8sApiCoreV1PodAffinity {
  preferredDuringSchedulingIgnoredDuringExecution?: Array<IIoK8sApiCoreV1WeightedPodAffinityTerm>;
  requiredDuringSchedulingIgnoredDuringExecution?: Array<IIoK8sApiCoreV1PodAffinityTerm>;
}

export interface IIoK8sApiCoreV1WeightedPodAffinityTerm {
  podAffinityTerm: IIoK8sApiCoreV1PodAffinityTerm;
  weight: number;
}

export interface IIoK8sApiCoreV1PodAffinityTerm {
  labelSelector?: IIoK8sApimachineryPkgApisMetaV1LabelSelector;
  matchLabelKeys?: Array<string>;
  mismatchLabelKeys?: Array<string>;
  namespaceSelector?: IIoK8sApimachineryPkgApisMetaV1LabelSelector;
  namespaces?: Array<string>;
  topologyKey: string;
}

export interface IIoK8sApiCoreV1PodAntiAffinity {
  preferredDuringSchedulingIgnoredDuringExecution?: Array<IIoK8sApiCoreV1WeightedPodAffinityTerm>;
  requiredDuringSchedulingIgnoredDuringExecution?: Array<IIoK8sApiCoreV1PodAffinityTerm>;
}

export interface IIoK8sApiCoreV1Container {
  args?: Array<string>;
  command?: Array<string>;
  env?: Array<IIoK8sApiCoreV1EnvVar>;
  envFrom?: Array<IIoK8sApiCoreV1EnvFromSource>;
  image?: string;
  imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  lifecycle?: IIoK8sApiCoreV1Lifecycle;
  livenessProbe?: IIoK8sApiCoreV1Probe;
  name: string;
  ports?: Array<IIoK8sApiCoreV1ContainerPort>;
  readinessProbe?: IIoK8sApiCoreV1Probe;
  resizePolicy?: Array<IIoK8sApiCoreV1ContainerResizePolicy>;
  resources?: IIoK8sApiCoreV1ResourceRequirements;
  restartPolicy?: string;
  restartPolicyRules?: Array<IIoK8sApiCoreV1ContainerRestartRule>;
  securityContext?: IIoK8sApiCoreV1SecurityContext;
  startupProbe?: IIoK8sApiCoreV1Probe;
  stdin?: boolean;
  stdinOnce?: boolean;
  terminationMessagePath?: string;
  terminationMessagePolicy?: 'FallbackToLogsOnError' | 'File';
  tty?: boolean;
  volumeDevices?: Array<IIoK8sApiCoreV1VolumeDevice>;
  volumeMounts?: Array<IIoK8sApiCoreV1VolumeMount>;
  workingDir?: string;
}

export interface IIoK8sApiCoreV1EnvVar {
  name: string;
  value?: string;
  valueFrom?: IIoK8sApiCoreV1EnvVarSource;
}

export interface IIoK8sApiCoreV1EnvVarSource {
  configMapKeyRef?: IIoK8sApiCoreV1ConfigMapKeySelector;
  fieldRef?: IIoK8sApiCoreV1ObjectFieldSelector;
  fileKeyRef?: IIoK8sApiCoreV1FileKeySelector;
  resourceFieldRef?: IIoK8sApiCoreV1ResourceFieldSelector;
  secretKeyRef?: IIoK8sApiCoreV1SecretKeySelector;
}

export interface IIoK8sApiCoreV1ConfigMapKeySelector {
  key: string;
  name?: string;
  optional?: boolean;
}

export interface IIoK8sApiCoreV1ObjectFieldSelector {
  apiVersion?: string;
  fieldPath: string;
}

export interface IIoK8sApiCoreV1FileKeySelector {
  key: string;
  optional?: boolean;
  path: string;
  volumeName: string;
}

export interface IIoK8sApiCoreV1ResourceFieldSelector {
  containerName?: string;
  divisor?: IIoK8sApimachineryPkgApiResourceQuantity;
  resource: string;
}

export type IIoK8sApimachineryPkgApiResourceQuantity = number | string;

export interface IIoK8sApiCoreV1SecretKeySelector {
  key: string;
  name?: string;
  optional?: boolean;
}

export interface IIoK8sApiCoreV1EnvFromSource {
  configMapRef?: IIoK8sApiCoreV1ConfigMapEnvSource;
  prefix?: string;
  secretRef?: IIoK8sApiCoreV1SecretEnvSource;
}

export interface IIoK8sApiCoreV1ConfigMapEnvSource {
  name?: string;
  optional?: boolean;
}

export interface IIoK8sApiCoreV1SecretEnvSource {
  name?: string;
  optional?: boolean;
}

export interface IIoK8sApiCoreV1Lifecycle {
  postStart?: IIoK8sApiCoreV1LifecycleHandler;
  preStop?: IIoK8sApiCoreV1LifecycleHandler;
  stopSignal?:
    | 'SIGABRT'
    | 'SIGALRM'
    | 'SIGBUS'
    | 'SIGCHLD'
    | 'SIGCLD'
    | 'SIGCONT'
    | 'SIGFPE'
    | 'SIGHUP'
    | 'SIGILL'
    | 'SIGINT'
    | 'SIGIO'
    | 'SIGIOT'
    | 'SIGKILL'
    | 'SIGPIPE'
    | 'SIGPOLL'
    | 'SIGPROF'
    | 'SIGPWR'
    | 'SIGQUIT'
    | 'SIGRTMAX'
    | 'SIGRTMAX-1'
    | 'SIGRTMAX-10'
    | 'SIGRTMAX-11'
    | 'SIGRTMAX-12'
    | 'SIGRTMAX-13'
    | 'SIGRTMAX-14'
    | 'SIGRTMAX-2'
    | 'SIGRTMAX-3'
    | 'SIGRTMAX-4'
    | 'SIGRTMAX-5'
    | 'SIGRTMAX-6'
    | 'SIGRTMAX-7'
    | 'SIGRTMAX-8'
    | 'SIGRTMAX-9'
    | 'SIGRTMIN'
    | 'SIGRTMIN+1'
    | 'SIGRTMIN+10'
    | 'SIGRTMIN+11'
    | 'SIGRTMIN+12'
    | 'SIGRTMIN+13'
    | 'SIGRTMIN+14'
    | 'SIGRTMIN+15'
    | 'SIGRTMIN+2'
    | 'SIGRTMIN+3'
    | 'SIGRTMIN+4'
    | 'SIGRTMIN+5'
    | 'SIGRTMIN+6'
    | 'SIGRTMIN+7'
    | 'SIGRTMIN+8'
    | 'SIGRTMIN+9'
    | 'SIGSEGV'
    | 'SIGSTKFLT'
    | 'SIGSTOP'
    | 'SIGSYS'
    | 'SIGTERM'
    | 'SIGTRAP'
    | 'SIGTSTP'
    | 'SIGTTIN'
    | 'SIGTTOU'
    | 'SIGURG'
    | 'SIGUSR1'
    | 'SIGUSR2'
    | 'SIGVTALRM'
    | 'SIGWINCH'
    | 'SIGXCPU'
    | 'SIGXFSZ';
}

export interface IIoK8sApiCoreV1LifecycleHandler {
  exec?: IIoK8sApiCoreV1ExecAction;
  httpGet?: IIoK8sApiCoreV1HTTPGetAction;
  sleep?: IIoK8sApiCoreV1SleepAction;
  tcpSocket?: IIoK8sApiCoreV1TCPSocketAction;
}

export interface IIoK8sApiCoreV1ExecAction {
  command?: Array<string>;
}

export interface IIoK8sApiCoreV1HTTPGetAction {
  host?: string;
  httpHeaders?: Array<IIoK8sApiCoreV1HTTPHeader>;
  path?: string;
  port: IIoK8sApimachineryPkgUtilIntstrIntOrString;
  scheme?: 'HTTP' | 'HTTPS';
}

export interface IIoK8sApiCoreV1HTTPHeader {
  name: string;
  value: string;
}

export interface IIoK8sApiCoreV1SleepAction {
  seconds: number;
}

export interface IIoK8sApiCoreV1TCPSocketAction {
  host?: string;
  port: IIoK8sApimachineryPkgUtilIntstrIntOrString;
}

export interface IIoK8sApiCoreV1Probe {
  exec?: IIoK8sApiCoreV1ExecAction;
  failureThreshold?: number;
  grpc?: IIoK8sApiCoreV1GRPCAction;
  httpGet?: IIoK8sApiCoreV1HTTPGetAction;
  initialDelaySeconds?: number;
  periodSeconds?: number;
  successThreshold?: number;
  tcpSocket?: IIoK8sApiCoreV1TCPSocketAction;
  terminationGracePeriodSeconds?: number;
  timeoutSeconds?: number;
}

export interface IIoK8sApiCoreV1GRPCAction {
  port: number;
  service?: string;
}

export interface IIoK8sApiCoreV1ContainerPort {
  containerPort: number;
  hostIP?: string;
  hostPort?: number;
  name?: string;
  protocol?: 'SCTP' | 'TCP' | 'UDP';
}

export interface IIoK8sApiCoreV1ContainerResizePolicy {
  resourceName: string;
  restartPolicy: string;
}

export interface IIoK8sApiCoreV1ResourceRequirements {
  claims?: Array<IIoK8sApiCoreV1ResourceClaim>;
  limits?: {
    [key: string]: IIoK8sApimachineryPkgApiResourceQuantity;
  };
  requests?: {
    [key: string]: IIoK8sApimachineryPkgApiResourceQuantity;
  };
}

export interface IIoK8sApiCoreV1ResourceClaim {
  name: string;
  request?: string;
}

export interface IIoK8sApiCoreV1ContainerRestartRule {
  action: string;
  exitCodes?: IIoK8sApiCoreV1ContainerRestartRuleOnExitCodes;
}

export interface IIoK8sApiCoreV1ContainerRestartRuleOnExitCodes {
  operator: string;
  values?: Array<number>;
}

export interface IIoK8sApiCoreV1SecurityContext {
  allowPrivilegeEscalation?: boolean;
  appArmorProfile?: IIoK8sApiCoreV1AppArmorProfile;
  capabilities?: IIoK8sApiCoreV1Capabilities;
  privileged?: boolean;
  procMount?: 'Default' | 'Unmasked';
  readOnlyRootFilesystem?: boolean;
  runAsGroup?: number;
  runAsNonRoot?: boolean;
  runAsUser?: number;
  seLinuxOptions?: IIoK8sApiCoreV1SELinuxOptions;
  seccompProfile?: IIoK8sApiCoreV1SeccompProfile;
  windowsOptions?: IIoK8sApiCoreV1WindowsSecurityContextOptions;
}

export interface IIoK8sApiCoreV1AppArmorProfile {
  localhostProfile?: string;
  type: 'Localhost' | 'RuntimeDefault' | 'Unconfined';
}

export interface IIoK8sApiCoreV1Capabilities {
  add?: Array<string>;
  drop?: Array<string>;
}

export interface IIoK8sApiCoreV1SELinuxOptions {
  level?: string;
  role?: string;
  type?: string;
  user?: string;
}

export interface IIoK8sApiCoreV1SeccompProfile {
  localhostProfile?: string;
  type: 'Localhost' | 'RuntimeDefault' | 'Unconfined';
}

export interface IIoK8sApiCoreV1WindowsSecurityContextOptions {
  gmsaCredentialSpec?: string;
  gmsaCredentialSpecName?: string;
  hostProcess?: boolean;
  runAsUserName?: string;
}

export interface IIoK8sApiCoreV1VolumeDevice {
  devicePath: string;
  name: string;
}

export interface IIoK8sApiCoreV1VolumeMount {
  mountPath: string;
  mountPropagation?: 'Bidirectional' | 'HostToContainer' | 'None';
  name: string;
  readOnly?: boolean;
  recursiveReadOnly?: string;
  subPath?: string;
  subPathExpr?: string;
}

export interface IIoK8sApiCoreV1PodDNSConfig {
  nameservers?: Array<string>;
  options?: Array<IIoK8sApiCoreV1PodDNSConfigOption>;
  searches?: Array<string>;
}

export interface IIoK8sApiCoreV1PodDNSConfigOption {
  name?: string;
  value?: string;
}

export interface IIoK8sApiCoreV1EphemeralContainer {
  args?: Array<string>;
  command?: Array<string>;
  env?: Array<IIoK8sApiCoreV1EnvVar>;
  envFrom?: Array<IIoK8sApiCoreV1EnvFromSource>;
  image?: string;
  imagePullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  lifecycle?: IIoK8sApiCoreV1Lifecycle;
  livenessProbe?: IIoK8sApiCoreV1Probe;
  name: string;
  ports?: Array<IIoK8sApiCoreV1ContainerPort>;
  readinessProbe?: IIoK8sApiCoreV1Probe;
  resizePolicy?: Array<IIoK8sApiCoreV1ContainerResizePolicy>;
  resources?: IIoK8sApiCoreV1ResourceRequirements;
  restartPolicy?: string;
  restartPolicyRules?: Array<IIoK8sApiCoreV1ContainerRestartRule>;
  securityContext?: IIoK8sApiCoreV1SecurityContext;
  startupProbe?: IIoK8sApiCoreV1Probe;
  stdin?: boolean;
  stdinOnce?: boolean;
  targetContainerName?: string;
  terminationMessagePath?: string;
  terminationMessagePolicy?: 'FallbackToLogsOnError' | 'File';
  tty?: boolean;
  volumeDevices?: Array<IIoK8sApiCoreV1VolumeDevice>;
  volumeMounts?: Array<IIoK8sApiCoreV1VolumeMount>;
  workingDir?: string;
}

export interface IIoK8sApiCoreV1HostAlias {
  hostnames?: Array<string>;
  ip: string;
}

export interface IIoK8sApiCoreV1LocalObjectReference {
  name?: string;
}

export interface IIoK8sApiCoreV1PodOS {
  name: string;
}

export interface IIoK8sApiCoreV1PodReadinessGate {
  conditionType: string;
}

export interface IIoK8sApiCoreV1PodResourceClaim {
  name: string;
  resourceClaimName?: string;
  resourceClaimTemplateName?: string;
}

export interface IIoK8sApiCoreV1PodSchedulingGate {
  name: string;
}

export interface IIoK8sApiCoreV1PodSchedulingGroup {
  podGroupName?: string;
}

export interface IIoK8sApiCoreV1PodSecurityContext {
  appArmorProfile?: IIoK8sApiCoreV1AppArmorProfile;
  fsGroup?: number;
  fsGroupChangePolicy?: 'Always' | 'OnRootMismatch';
  runAsGroup?: number;
  runAsNonRoot?: boolean;
  runAsUser?: number;
  seLinuxChangePolicy?: string;
  seLinuxOptions?: IIoK8sApiCoreV1SELinuxOptions;
  seccompProfile?: IIoK8sApiCoreV1SeccompProfile;
  supplementalGroups?: Array<number>;
  supplementalGroupsPolicy?: 'Merge' | 'Strict';
  sysctls?: Array<IIoK8sApiCoreV1Sysctl>;
  windowsOptions?: IIoK8sApiCoreV1WindowsSecurityContextOptions;
}

export interface IIoK8sApiCoreV1Sysctl {
  name: string;
  value: string;
}

export interface IIoK8sApiCoreV1Toleration {
  effect?: 'NoExecute' | 'NoSchedule' | 'PreferNoSchedule';
  key?: string;
  operator?: 'Equal' | 'Exists' | 'Gt' | 'Lt';
  tolerationSeconds?: number;
  value?: string;
}

export interface IIoK8sApiCoreV1TopologySpreadConstraint {
  labelSelector?: IIoK8sApimachineryPkgApisMetaV1LabelSelector;
  matchLabelKeys?: Array<string>;
  maxSkew: number;
  minDomains?: number;
  nodeAffinityPolicy?: 'Honor' | 'Ignore';
  nodeTaintsPolicy?: 'Honor' | 'Ignore';
  topologyKey: string;
  whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
}

export interface IIoK8sApiCoreV1Volume {
  awsElasticBlockStore?: IIoK8sApiCoreV1AWSElasticBlockStoreVolumeSource;
  azureDisk?: IIoK8sApiCoreV1AzureDiskVolumeSource;
  azureFile?: IIoK8sApiCoreV1AzureFileVolumeSource;
  cephfs?: IIoK8sApiCoreV1CephFSVolumeSource;
  cinder?: IIoK8sApiCoreV1CinderVolumeSource;
  configMap?: IIoK8sApiCoreV1ConfigMapVolumeSource;
  csi?: IIoK8sApiCoreV1CSIVolumeSource;
  downwardAPI?: IIoK8sApiCoreV1DownwardAPIVolumeSource;
  emptyDir?: IIoK8sApiCoreV1EmptyDirVolumeSource;
  ephemeral?: IIoK8sApiCoreV1EphemeralVolumeSource;
  fc?: IIoK8sApiCoreV1FCVolumeSource;
  flexVolume?: IIoK8sApiCoreV1FlexVolumeSource;
  flocker?: IIoK8sApiCoreV1FlockerVolumeSource;
  gcePersistentDisk?: IIoK8sApiCoreV1GCEPersistentDiskVolumeSource;
  gitRepo?: IIoK8sApiCoreV1GitRepoVolumeSource;
  glusterfs?: IIoK8sApiCoreV1GlusterfsVolumeSource;
  hostPath?: IIoK8sApiCoreV1HostPathVolumeSource;
  image?: IIoK8sApiCoreV1ImageVolumeSource;
  iscsi?: IIoK8sApiCoreV1ISCSIVolumeSource;
  name: string;
  nfs?: IIoK8sApiCoreV1NFSVolumeSource;
  persistentVolumeClaim?: IIoK8sApiCoreV1PersistentVolumeClaimVolumeSource;
  photonPersistentDisk?: IIoK8sApiCoreV1PhotonPersistentDiskVolumeSource;
  portworxVolume?: IIoK8sApiCoreV1PortworxVolumeSource;
  projected?: IIoK8sApiCoreV1ProjectedVolumeSource;
  quobyte?: IIoK8sApiCoreV1QuobyteVolumeSource;
  rbd?: IIoK8sApiCoreV1RBDVolumeSource;
  scaleIO?: IIoK8sApiCoreV1ScaleIOVolumeSource;
  secret?: IIoK8sApiCoreV1SecretVolumeSource;
  storageos?: IIoK8sApiCoreV1StorageOSVolumeSource;
  vsphereVolume?: IIoK8sApiCoreV1VsphereVirtualDiskVolumeSource;
}

export interface IIoK8sApiCoreV1AWSElasticBlockStoreVolumeSource {
  fsType?: string;
  partition?: number;
  readOnly?: boolean;
  volumeID: string;
}

export interface IIoK8sApiCoreV1AzureDiskVolumeSource {
  cachingMode?: 'None' | 'ReadOnly' | 'ReadWrite';
  diskName: string;
  diskURI: string;
  fsType?: string;
  kind?: 'Dedicated' | 'Managed' | 'Shared';
  readOnly?: boolean;
}

export interface IIoK8sApiCoreV1AzureFileVolumeSource {
  readOnly?: boolean;
  secretName: string;
  shareName: string;
}

export interface IIoK8sApiCoreV1CephFSVolumeSource {
  monitors: Array<string>;
  path?: string;
  readOnly?: boolean;
  secretFile?: string;
  secretRef?: IIoK8sApiCoreV1LocalObjectReference;
  user?: string;
}

export interface IIoK8sApiCoreV1CinderVolumeSource {
  fsType?: string;
  readOnly?: boolean;
  secretRef?: IIoK8sApiCoreV1LocalObjectReference;
  volumeID: string;
}

export interface IIoK8sApiCoreV1ConfigMapVolumeSource {
  defaultMode?: number;
  items?: Array<IIoK8sApiCoreV1KeyToPath>;
  name?: string;
  optional?: boolean;
}

export interface IIoK8sApiCoreV1KeyToPath {
  key: string;
  mode?: number;
  path: string;
}

export interface IIoK8sApiCoreV1CSIVolumeSource {
  driver: string;
  fsType?: string;
  nodePublishSecretRef?: IIoK8sApiCoreV1LocalObjectReference;
  readOnly?: boolean;
  volumeAttributes?: {
    [key: string]: string;
  };
}

export interface IIoK8sApiCoreV1DownwardAPIVolumeSource {
  defaultMode?: number;
  items?: Array<IIoK8sApiCoreV1DownwardAPIVolumeFile>;
}

export interface IIoK8sApiCoreV1DownwardAPIVolumeFile {
  fieldRef?: IIoK8sApiCoreV1ObjectFieldSelector;
  mode?: number;
  path: string;
  resourceFieldRef?: IIoK8sApiCoreV1ResourceFieldSelector;
}

export interface IIoK8sApiCoreV1EmptyDirVolumeSource {
  medium?: string;
  sizeLimit?: IIoK8sApimachineryPkgApiResourceQuantity;
}

export interface IIoK8sApiCoreV1EphemeralVolumeSource {
  volumeClaimTemplate?: IIoK8sApiCoreV1PersistentVolumeClaimTemplate;
}

export interface IIoK8sApiCoreV1PersistentVolumeClaimTemplate {
  metadata?: IIoK8sApimachineryPkgApisMetaV1ObjectMeta;
  spec: IIoK8sApiCoreV1PersistentVolumeClaimSpec;
}

export interface IIoK8sApiCoreV1PersistentVolumeClaimSpec {
  accessModes?: Array<'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOnce' | 'ReadWriteOncePod'>;
  dataSource?: IIoK8sApiCoreV1TypedLocalObjectReference;
  dataSourceRef?: IIoK8sApiCoreV1TypedObjectReference;
  resources?: IIoK8sApiCoreV1VolumeResourceRequirements;
  selector?: IIoK8sApimachineryPkgApisMetaV1LabelSelector;
  storageClassName?: string;
  volumeAttributesClassName?: string;
  volumeMode?: 'Block' | 'Filesystem';
  volumeName?: string;
}

export interface IIoK8sApiCoreV1TypedLocalObjectReference {
  apiGroup?: string;
  kind: string;
  name: string;
}

export interface IIoK8sApiCoreV1TypedObjectReference {
  apiGroup?: string;
  kind: string;
  name: string;
  namespace?: string;
}

export interface IIoK8sApiCoreV1VolumeResourceRequirements {
  limits?: {
    [key: string]: IIoK8sApimachineryPkgApiResourceQuantity;
  };
  requests?: {
    [key: string]: IIoK8sApimachineryPkgApiResourceQuantity;
  };
}

export interface IIoK8sApiCoreV1FCVolumeSource {
  fsType?: string;
  lun?: number;
  readOnly?: boolean;
  targetWWNs?: Array<string>;
  wwids?: Array<string>;
}

export interface IIoK8sApiCoreV1FlexVolumeSource {
  driver: string;
  fsType?: string;
  options?: {
    [key: string]: string;
  };
  readOnly?: boolean;
  secretRef?: IIoK8sApiCoreV1LocalObjectReference;
}

export interface IIoK8sApiCoreV1FlockerVolumeSource {
  datasetName?: string;
  datasetUUID?: string;
}

export interface IIoK8sApiCoreV1GCEPersistentDiskVolumeSource {
  fsType?: string;
  partition?: number;
  pdName: string;
  readOnly?: boolean;
}

export interface IIoK8sApiCoreV1GitRepoVolumeSource {
  directory?: string;
  repository: string;
  revision?: string;
}

export interface IIoK8sApiCoreV1GlusterfsVolumeSource {
  endpoints: string;
  path: string;
  readOnly?: boolean;
}

export interface IIoK8sApiCoreV1HostPathVolumeSource {
  path: string;
  type?:
    | ''
    | 'BlockDevice'
    | 'CharDevice'
    | 'Directory'
    | 'DirectoryOrCreate'
    | 'File'
    | 'FileOrCreate'
    | 'Socket';
}

export interface IIoK8sApiCoreV1ImageVolumeSource {
  pullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  reference?: string;
}

export interface IIoK8sApiCoreV1ISCSIVolumeSource {
  chapAuthDiscovery?: boolean;
  chapAuthSession?: boolean;
  fsType?: string;
  initiatorName?: string;
  iqn: string;
  iscsiInterface?: string;
  lun: number;
  portals?: Array<string>;
  readOnly?: boolean;
  secretRef?: IIoK8sApiCoreV1LocalObjectReference;
  targetPortal: string;
}

export interface IIoK8sApiCoreV1NFSVolumeSource {
  path: string;
  readOnly?: boolean;
  server: string;
}

export interface IIoK8sApiCoreV1PersistentVolumeClaimVolumeSource {
  claimName: string;
  readOnly?: boolean;
}

export interface IIoK8sApiCoreV1PhotonPersistentDiskVolumeSource {
  fsType?: string;
  pdID: string;
}

export interface IIoK8sApiCoreV1PortworxVolumeSource {
  fsType?: string;
  readOnly?: boolean;
  volumeID: string;
}

export interface IIoK8sApiCoreV1ProjectedVolumeSource {
  defaultMode?: number;
  sources?: Array<IIoK8sApiCoreV1VolumeProjection>;
}

export interface IIoK8sApiCoreV1VolumeProjection {
  clusterTrustBundle?: IIoK8sApiCoreV1ClusterTrustBundleProjection;
  configMap?: IIoK8sApiCoreV1ConfigMapProjection;
  downwardAPI?: IIoK8sApiCoreV1DownwardAPIProjection;
  podCertificate?: IIoK8sApiCoreV1PodCertificateProjection;
  secret?: IIoK8sApiCoreV1SecretProjection;
  serviceAccountToken?: IIoK8sApiCoreV1ServiceAccountTokenProjection;
}

export interface IIoK8sApiCoreV1ClusterTrustBundleProjection {
  labelSelector?: IIoK8sApimachineryPkgApisMetaV1LabelSelector;
  name?: string;
  optional?: boolean;
  path: string;
  signerName?: string;
}

export interface IIoK8sApiCoreV1ConfigMapProjection {
  items?: Array<IIoK8sApiCoreV1KeyToPath>;
  name?: string;
  optional?: boolean;
}

export interface IIoK8sApiCoreV1DownwardAPIProjection {
  items?: Array<IIoK8sApiCoreV1DownwardAPIVolumeFile>;
}

export interface IIoK8sApiCoreV1PodCertificateProjection {
  certificateChainPath?: string;
  credentialBundlePath?: string;
  keyPath?: string;
  keyType: string;
  maxExpirationSeconds?: number;
  signerName: string;
  userAnnotations?: {
    [key: string]: string;
  };
}

export interface IIoK8sApiCoreV1SecretProjection {
  items?: Array<IIoK8sApiCoreV1KeyToPath>;
  name?: string;
  optional?: boolean;
}

export interface IIoK8sApiCoreV1ServiceAccountTokenProjection {
  audience?: string;
  expirationSeconds?: number;
  path: string;
}

export interface IIoK8sApiCoreV1QuobyteVolumeSource {
  group?: string;
  readOnly?: boolean;
  registry: string;
  tenant?: string;
  user?: string;
  volume: string;
}

export interface IIoK8sApiCoreV1RBDVolumeSource {
  fsType?: string;
  image: string;
  keyring?: string;
  monitors: Array<string>;
  pool?: string;
  readOnly?: boolean;
  secretRef?: IIoK8sApiCoreV1LocalObjectReference;
  user?: string;
}

export interface IIoK8sApiCoreV1ScaleIOVolumeSource {
  fsType?: string;
  gateway: string;
  protectionDomain?: string;
  readOnly?: boolean;
  secretRef: IIoK8sApiCoreV1LocalObjectReference;
  sslEnabled?: boolean;
  storageMode?: string;
  storagePool?: string;
  system: string;
  volumeName?: string;
}

export interface IIoK8sApiCoreV1SecretVolumeSource {
  defaultMode?: number;
  items?: Array<IIoK8sApiCoreV1KeyToPath>;
  optional?: boolean;
  secretName?: string;
}

export interface IIoK8sApiCoreV1StorageOSVolumeSource {
  fsType?: string;
  readOnly?: boolean;
  secretRef?: IIoK8sApiCoreV1LocalObjectReference;
  volumeName?: string;
  volumeNamespace?: string;
}

export interface IIoK8sApiCoreV1VsphereVirtualDiskVolumeSource {
  fsType?: string;
  storagePolicyID?: string;
  storagePolicyName?: string;
  volumePath: string;
}

export interface IIoK8sApiAppsV1StatefulSetUpdateStrategy {
  rollingUpdate?: IIoK8sApiAppsV1RollingUpdateStatefulSetStrategy;
  type?: 'OnDelete' | 'RollingUpdate';
}

export interface IIoK8sApiAppsV1RollingUpdateStatefulSetStrategy {
  maxUnavailable?: IIoK8sApimachineryPkgUtilIntstrIntOrString;
  partition?: number;
}

export interface IIoK8sApiCoreV1PersistentVolumeClaimStatus {
  accessModes?: Array<'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOnce' | 'ReadWriteOncePod'>;
  allocatedResourceStatuses?: {
    [key: string]:
      | 'ControllerResizeInProgress'
      | 'ControllerResizeInfeasible'
      | 'NodeResizeInProgress'
      | 'NodeResizeInfeasible'
      | 'NodeResizePending';
  };
  allocatedResources?: {
    [key: string]: IIoK8sApimachineryPkgApiResourceQuantity;
  };
  capacity?: {
    [key: string]: IIoK8sApimachineryPkgApiResourceQuantity;
  };
  conditions?: Array<IIoK8sApiCoreV1PersistentVolumeClaimCondition>;
  currentVolumeAttributesClassName?: string;
  modifyVolumeStatus?: IIoK8sApiCoreV1ModifyVolumeStatus;
  phase?: 'Bound' | 'Lost' | 'Pending';
}

export interface IIoK8sApiCoreV1PersistentVolumeClaimCondition {
  lastProbeTime?: IIoK8sApimachineryPkgApisMetaV1Time;
  lastTransitionTime?: IIoK8sApimachineryPkgApisMetaV1Time;
  message?: string;
  reason?: string;
  status: string;
  type: string;
}

export interface IIoK8sApiCoreV1ModifyVolumeStatus {
  status: 'InProgress' | 'Infeasible' | 'Pending';
  targetVolumeAttributesClassName?: string;
}

export interface IIoK8sApiAppsV1Deployment {
  apiVersion: 'apps/v1';
  kind: 'Deployment';
  metadata?: IIoK8sApimachineryPkgApisMetaV1ObjectMeta;
  spec?: IIoK8sApiAppsV1DeploymentSpec;
}

export interface IIoK8sApiAppsV1DeploymentSpec {
  minReadySeconds?: number;
  paused?: boolean;
  progressDeadlineSeconds?: number;
  replicas?: number;
  revisionHistoryLimit?: number;
  selector: IIoK8sApimachineryPkgApisMetaV1LabelSelector;
  strategy?: IIoK8sApiAppsV1DeploymentStrategy;
  template: IIoK8sApiCoreV1PodTemplateSpec;
}

export interface IIoK8sApiAppsV1DeploymentStrategy {
  rollingUpdate?: IIoK8sApiAppsV1RollingUpdateDeployment;
  type?: 'Recreate' | 'RollingUpdate';
}

export interface IIoK8sApiAppsV1RollingUpdateDeployment {
  maxSurge?: IIoK8sApimachineryPkgUtilIntstrIntOrString;
  maxUnavailable?: IIoK8sApimachineryPkgUtilIntstrIntOrString;
}

export interface IIoK8sApiPolicyV1PodDisruptionBudget {
  apiVersion: 'policy/v1';
  kind: 'PodDisruptionBudget';
  metadata?: IIoK8sApimachineryPkgApisMetaV1ObjectMeta;
  spec?: IIoK8sApiPolicyV1PodDisruptionBudgetSpec;
}

export interface IIoK8sApiPolicyV1PodDisruptionBudgetSpec {
  maxUnavailable?: IIoK8sApimachineryPkgUtilIntstrIntOrString;
  minAvailable?: IIoK8sApimachineryPkgUtilIntstrIntOrString;
  selector?: IIoK8sApimachineryPkgApisMetaV1LabelSelector;
  unhealthyPodEvictionPolicy?: 'AlwaysAllow' | 'IfHealthyBudget';
}

export interface IIoK8sApiNetworkingV1NetworkPolicy {
  apiVersion: 'networking.k8s.io/v1';
  kind: 'NetworkPolicy';
  metadata?: IIoK8sApimachineryPkgApisMetaV1ObjectMeta;
  spec?: IIoK8sApiNetworkingV1NetworkPolicySpec;
}

export interface IIoK8sApiNetworkingV1NetworkPolicySpec {
  egress?: Array<IIoK8sApiNetworkingV1NetworkPolicyEgressRule>;
  ingress?: Array<IIoK8sApiNetworkingV1NetworkPolicyIngressRule>;
  podSelector?: IIoK8sApimachineryPkgApisMetaV1LabelSelector;
  policyTypes?: Array<'Egress' | 'Ingress'>;
}

export interface IIoK8sApiNetworkingV1NetworkPolicyEgressRule {
  ports?: Array<IIoK8sApiNetworkingV1NetworkPolicyPort>;
  to?: Array<IIoK8sApiNetworkingV1NetworkPolicyPeer>;
}

export interface IIoK8sApiNetworkingV1NetworkPolicyPort {
  endPort?: number;
  port?: IIoK8sApimachineryPkgUtilIntstrIntOrString;
  protocol?: 'SCTP' | 'TCP' | 'UDP';
}

export interface IIoK8sApiNetworkingV1NetworkPolicyPeer {
  ipBlock?: IIoK8sApiNetworkingV1IPBlock;
  namespaceSelector?: IIoK8sApimachineryPkgApisMetaV1LabelSelector;
  podSelector?: IIoK8sApimachineryPkgApisMetaV1LabelSelector;
}

export interface IIoK8sApiNetworkingV1IPBlock {
  cidr: string;
  except?: Array<string>;
}

export interface IIoK8sApiNetworkingV1NetworkPolicyIngressRule {
  from?: Array<IIoK8sApiNetworkingV1NetworkPolicyPeer>;
  ports?: Array<IIoK8sApiNetworkingV1NetworkPolicyPort>;
}

export interface IIoK8sApiAutoscalingV2HorizontalPodAutoscaler {
  apiVersion: 'autoscaling/v2';
  kind: 'HorizontalPodAutoscaler';
  metadata?: IIoK8sApimachineryPkgApisMetaV1ObjectMeta;
  spec: IIoK8sApiAutoscalingV2HorizontalPodAutoscalerSpec;
}

export interface IIoK8sApiAutoscalingV2HorizontalPodAutoscalerSpec {
  behavior?: IIoK8sApiAutoscalingV2HorizontalPodAutoscalerBehavior;
  maxReplicas: number;
  metrics?: Array<IIoK8sApiAutoscalingV2MetricSpec>;
  minReplicas?: number;
  scaleTargetRef: IIoK8sApiAutoscalingV2CrossVersionObjectReference;
}

export interface IIoK8sApiAutoscalingV2HorizontalPodAutoscalerBehavior {
  scaleDown?: IIoK8sApiAutoscalingV2HPAScalingRules;
  scaleUp?: IIoK8sApiAutoscalingV2HPAScalingRules;
}

export interface IIoK8sApiAutoscalingV2HPAScalingRules {
  policies?: Array<IIoK8sApiAutoscalingV2HPAScalingPolicy>;
  selectPolicy?: string;
  stabilizationWindowSeconds?: number;
  tolerance?: IIoK8sApimachineryPkgApiResourceQuantity;
}

export interface IIoK8sApiAutoscalingV2HPAScalingPolicy {
  periodSeconds: number;
  type: string;
  value: number;
}

export interface IIoK8sApiAutoscalingV2MetricSpec {
  containerResource?: IIoK8sApiAutoscalingV2ContainerResourceMetricSource;
  external?: IIoK8sApiAutoscalingV2ExternalMetricSource;
  object?: IIoK8sApiAutoscalingV2ObjectMetricSource;
  pods?: IIoK8sApiAutoscalingV2PodsMetricSource;
  resource?: IIoK8sApiAutoscalingV2ResourceMetricSource;
  type: string;
}

export interface IIoK8sApiAutoscalingV2ContainerResourceMetricSource {
  container: string;
  name: string;
  target: IIoK8sApiAutoscalingV2MetricTarget;
}

export interface IIoK8sApiAutoscalingV2MetricTarget {
  averageUtilization?: number;
  averageValue?: IIoK8sApimachineryPkgApiResourceQuantity;
  type: string;
  value?: IIoK8sApimachineryPkgApiResourceQuantity;
}

export interface IIoK8sApiAutoscalingV2ExternalMetricSource {
  metric: IIoK8sApiAutoscalingV2MetricIdentifier;
  target: IIoK8sApiAutoscalingV2MetricTarget;
}

export interface IIoK8sApiAutoscalingV2MetricIdentifier {
  name: string;
  selector?: IIoK8sApimachineryPkgApisMetaV1LabelSelector;
}

export interface IIoK8sApiAutoscalingV2ObjectMetricSource {
  describedObject: IIoK8sApiAutoscalingV2CrossVersionObjectReference;
  metric: IIoK8sApiAutoscalingV2MetricIdentifier;
  target: IIoK8sApiAutoscalingV2MetricTarget;
}

export interface IIoK8sApiAutoscalingV2CrossVersionObjectReference {
  apiVersion?: string;
  kind: string;
  name: string;
}

export interface IIoK8sApiAutoscalingV2PodsMetricSource {
  metric: IIoK8sApiAutoscalingV2MetricIdentifier;
  target: IIoK8sApiAutoscalingV2MetricTarget;
}

export interface IIoK8sApiAutoscalingV2ResourceMetricSource {
  name: string;
  target: IIoK8sApiAutoscalingV2MetricTarget;
}
