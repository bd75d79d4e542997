export declare function checkTopic(topic: string): void;
export declare function checkFilter(filter: string): void;
export declare function matches(filter: string, topic: string): boolean;
export declare function deviceOf(filter: string, topic: string, level?: number): string | undefined;
export declare function fillTopic(template: string, values: { device: string }): string;
